with affinity as (

    select * from {{ ref('category_affinity') }}

)

select
    affinity.category,
    affinity.other_category,
    affinity.lift,
    reverse_affinity.lift as reverse_lift
from affinity
left join affinity as reverse_affinity
    on affinity.category = reverse_affinity.other_category
    and affinity.other_category = reverse_affinity.category
where reverse_affinity.lift is null
    or abs(affinity.lift - reverse_affinity.lift) > 1e-9 * affinity.lift
