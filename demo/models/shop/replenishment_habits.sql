-- The consumable that a regular needs again and again, and how long one unit truly lasts them. One
-- row per customer_number.
with shop_products as (

    select * from {{ ref('shop_products') }}

),

people as (

    select * from {{ ref('people') }}
    where replenishes

),

consumables as (

    select list(product_no order by product_no) as product_nos
    from {{ ref('shop_products') }}
    where replenishment_days between 20 and 90 and status = 'active' and sensitive_category is null

),

chosen as (

    select
        people.customer_number,
        {{ pick_from('consumables.product_nos', 'people.customer_number', 'consumable') }}
            as product_no,
        exp(0.25 * {{ normal('people.customer_number', 'pace_a', 'pace_b') }}) as personal_pace
    from people
    cross join consumables

)

select
    chosen.customer_number,
    chosen.product_no,
    shop_products.replenishment_days * chosen.personal_pace as true_interval_days
from chosen
inner join shop_products on chosen.product_no = shop_products.product_no
