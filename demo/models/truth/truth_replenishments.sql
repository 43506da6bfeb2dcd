-- How long one unit of their consumable truly lasts the people who replenish it. One row per
-- customer_number.
with replenishment_habits as (

    select * from {{ ref('replenishment_habits') }}

),

people as (

    select * from {{ ref('people') }}

)

select
    replenishment_habits.customer_number,
    people.customer_id,
    'P' || lpad(replenishment_habits.product_no::varchar, 5, '0') as product_id,
    replenishment_habits.true_interval_days
from replenishment_habits
inner join people on replenishment_habits.customer_number = people.customer_number
