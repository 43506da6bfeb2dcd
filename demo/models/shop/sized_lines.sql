-- The lines of every order with the size they came in: what was chosen, then gift wrap (line 6) and
-- warranty (line 7) where they were taken. One row per item_key.
with chosen_lines as (

    select * from {{ ref('chosen_lines') }}

),

traces as (

    select order_key from {{ ref('traces') }}
    where is_wrapped and wrap_is_line

),

shop_variants as (

    select * from {{ ref('shop_variants') }}

),

devices as (

    select product_no from {{ ref('shop_products') }}
    where warranty_eligible

),

sized as (

    select
        chosen_lines.order_key,
        chosen_lines.item_key,
        chosen_lines.line_no,
        chosen_lines.is_for_recipient,
        chosen_lines.product_no,
        chosen_lines.quantity,
        chosen_lines.size_rank,
        chosen_lines.audience,
        date_diff('year', {{ opens_at() }}, chosen_lines.ordered_at) as years_in_history
    from chosen_lines

    union all

    select order_key, order_key * 8 + 6, 6, true,
        9011 + {{ pick('order_key', 'wrap_kind', 2) }}, 1, 1, 'f', 0
    from traces

    union all

    select chosen_lines.order_key, chosen_lines.order_key * 8 + 7, 7, chosen_lines.is_for_recipient,
        9021, 1, 1, 'f', 0
    from chosen_lines
    inner join devices on chosen_lines.product_no = devices.product_no
    where chosen_lines.line_no = 1 and {{ chance('chosen_lines.order_key', 'warranty', 0.12) }}

),

size_systems as (

    select product_no, size_system, count(*) as variant_count
    from shop_variants
    group by product_no, size_system

)

select
    sized.*,
    greatest(1, least(size_systems.variant_count, case size_systems.size_system
        when 'alpha' then (sized.size_rank * 5 + 3) // 7
        when 'ring_us' then sized.size_rank
        when 'shoe_eu' then sized.size_rank + case when sized.audience = 'm' then 3 else 0 end
        when 'kids_cm' then sized.size_rank // 2 + 1 + sized.years_in_history
        else 1 + {{ pick('sized.item_key', 'colour', 2) }}
    end)) as variant_no
from sized
inner join size_systems on sized.product_no = size_systems.product_no
