-- The product and variant that each line found on the shelf. One row per item_key.
with wanted_lines as (

    select * from {{ ref('wanted_lines') }}

),

wishes as (

    select * from {{ ref('wishes') }}

),

shelves as (

    select * from {{ ref('shelves') }}

),

replenishment_habits as (

    select * from {{ ref('replenishment_habits') }}

),

categorised as (

    select
        wanted_lines.*,
        coalesce(wishes.category_code, wanted_lines.own_category) as category_code,
        coalesce(wishes.audience, wanted_lines.own_audience) as audience
    from wanted_lines
    left join wishes on wanted_lines.wish = wishes.wish and wanted_lines.wish_ticket = wishes.ticket

),

shelf_lengths as (

    select category_code, audience, max(shelf_length) as shelf_length
    from shelves
    group by category_code, audience

),

found as (

    select
        categorised.*,
        cast(
            floor(pow({{ draw('categorised.item_key', 'shelf_position') }}, 1.5)
                * shelf_lengths.shelf_length) as bigint)
            as position
    from categorised
    inner join shelf_lengths
        on
            categorised.category_code = shelf_lengths.category_code
            and categorised.audience = shelf_lengths.audience

)

select
    found.customer_number,
    found.order_key,
    found.item_key,
    found.line_no,
    found.ordered_at,
    found.is_for_recipient,
    found.audience,
    found.category_code,
    found.size_rank,
    case
        when found.stream = 'replenishment' and found.line_no = 1
            then replenishment_habits.product_no
        else shelves.product_no
    end as product_no,
    case
        when found.category_code in ('beauty', 'pet', 'stationery')
            and {{ chance('found.item_key', 'several', 0.18) }} then 2
        when {{ chance('found.item_key', 'several', 0.06) }} then 2
        when {{ chance('found.item_key', 'several', 0.07) }} then 3
        else 1
    end as quantity
from found
inner join shelves
    on
        found.category_code = shelves.category_code
        and found.audience = shelves.audience
        and found.position = shelves.position
left join replenishment_habits on found.customer_number = replenishment_habits.customer_number
