-- The traces that an order leaves in the shop's gift fields: mostly of gifts, now and then of a
-- treat for oneself. One row per order_key that has one.
with order_heads as (

    select
        *,
        {{ draw('order_key', 'message') }} as message_draw,
        {{ draw('order_key', 'wrap') }} as wrap_draw
    from {{ ref('order_heads') }}
    where not is_digital and channel <> 'pos'

),

first_lines as (

    select order_key, category_code, product_no, is_for_recipient from {{ ref('chosen_lines') }}
    where line_no = 1

),

traced as (

    select
        order_heads.customer_number,
        order_heads.order_key,
        order_heads.is_gift,
        order_heads.occasion,
        order_heads.recipient_no,
        order_heads.ordered_at,
        first_lines.category_code,
        message_draw < case when order_heads.is_gift then 0.40 else 0.0005 end as has_message,
        wrap_draw < case
            when not order_heads.is_gift then 0.0009
            when message_draw < 0.40 then 0.50
            else 0.24
        end as is_wrapped,
        {{ chance('order_heads.order_key', 'gift_box',
            '(case when order_heads.is_gift then 0.07 else 0.0002 end)') }}
            as is_boxed,
        -- a third of the wraps are sold as a line of their own
        {{ chance('order_heads.order_key', 'wrap_as_line', 0.33) }} as wrap_is_line,
        first_lines.category_code = 'jewellery'
        and {{ chance('order_heads.order_key', 'engraved',
            '(case when order_heads.is_gift then 0.30 else 0.06 end)') }}
            as is_engraved,
        order_heads.is_gift and {{ chance('order_heads.order_key', 'declares_occasion', 0.10) }}
            as declares_occasion
    from order_heads
    inner join first_lines on order_heads.order_key = first_lines.order_key

)

select * from traced
where has_message or is_wrapped or is_boxed or is_engraved or declares_occasion
