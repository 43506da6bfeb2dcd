with kept_items as (

    select * from {{ ref('kept_items') }}
    where customer_id is not null
        and not is_sensitive

),

consumables as (

    select * from {{ ref('stg_products') }}
    where is_consumable

),

days as (

    select
        kept_items.customer_id,
        kept_items.product_id,
        sum(kept_items.quantity) as quantity,
        max(kept_items.delivered_on) as delivered_on,
        kept_items.ordered_on
    from kept_items
    inner join consumables on kept_items.product_id = consumables.product_id
    group by kept_items.customer_id, kept_items.product_id, kept_items.ordered_on

),

sequences as (

    select
        *,
        row_number() over purchases as purchase_number,
        lag(quantity) over purchases as previous_quantity,
        lag(ordered_on) over purchases as previous_ordered_on
    from days
    window purchases as (partition by customer_id, product_id order by ordered_on)

)

select
    customer_id,
    product_id,
    purchase_number,
    quantity,
    -- a double pack lasts twice as long
    cast(
        cast(date_diff('day', previous_ordered_on, ordered_on) as double) / previous_quantity
        as decimal(18, 6)
    ) as days_per_unit,
    delivered_on,
    ordered_on
from sequences
