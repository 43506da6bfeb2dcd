with gift_pairs as (

    select * from {{ ref('product_affinity') }}
    where mode = 'gift'

),

suitable_products as (

    select product_id from {{ ref('gift_product_quality') }}
    where is_recommendable

)

select
    gift_pairs.product_id,
    gift_pairs.other_product_id,
    gift_pairs.pair_count as pair_order_count,
    gift_pairs.product_basket_count as product_order_count,
    gift_pairs.confidence,
    gift_pairs.lift
from gift_pairs
inner join suitable_products on gift_pairs.product_id = suitable_products.product_id
inner join suitable_products as other_suitable
    on gift_pairs.other_product_id = other_suitable.product_id
