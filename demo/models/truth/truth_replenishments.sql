-- How long one unit of their consumable truly lasts the people who replenish it. One row per customer_number.
select
    replenishment_habits.customer_number,
    people.customer_id,
    'P' || lpad(replenishment_habits.product_no::varchar, 5, '0') as product_id,
    replenishment_habits.true_interval_days
from {{ ref('replenishment_habits') }} as replenishment_habits
inner join {{ ref('people') }} as people on replenishment_habits.customer_number = people.customer_number
