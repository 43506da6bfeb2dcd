with product_affinity as (

    select * from {{ ref('product_affinity') }}
    where mode = 'basket'

)

-- the other direction may fail the test of its own confidence, but never have another lift
select
    forth.product_id,
    forth.other_product_id,
    forth.lift,
    back.lift as other_lift
from product_affinity as forth
inner join product_affinity as back
    on forth.product_id = back.other_product_id
    and forth.other_product_id = back.product_id
where forth.pair_count <> back.pair_count
    or abs(forth.lift - back.lift) > 1e-9 * forth.lift
