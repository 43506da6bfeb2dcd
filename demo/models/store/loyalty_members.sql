-- The canonical loyalty members. One row per customer_id.
with members as (

    select * from {{ ref('loyalty_people') }}

)

select
    customer_id,
    joined_at,
    case when earned_points >= 1500 then 'premium' when earned_points >= 600 then 'gold'
        when earned_points >= 200 then 'silver' else 'bronze' end as tier,
    {{ loaded_after('joined_at') }} as _loaded_at
from members
