-- The canonical gift options: message, wrap, box and engraving of an order. One row per
-- gift_option_id.
with traces as (

    select * from {{ ref('traces') }}

),

gift_words as (

    select * from {{ ref('gift_words') }}

),

people as (

    select customer_number, first_name, middle_name, last_name from {{ ref('people') }}

),

recipients as (

    select * from {{ ref('recipients') }}

),

named as (

    select
        traces.*,
        gift_words.gift_message,
        coalesce(recipients.first_name, people.first_name) as engraved_first_name,
        coalesce(recipients.last_name, people.last_name) as engraved_last_name,
        recipients.first_name || ' ' || recipients.last_name as recipient_full_name
    from traces
    inner join people on traces.customer_number = people.customer_number
    left join gift_words on traces.order_key = gift_words.order_key
    left join recipients
        on traces.customer_number = recipients.customer_number
            and traces.recipient_no = recipients.recipient_no

),

engraved as (

    select
        *,
        case when is_engraved then case {{ pick('order_key', 'engraving', 4) }}
            when 0 then left(engraved_first_name, 1) || left(engraved_last_name, 1)
            when 1 then left(engraved_first_name, 1) || '.' || left(engraved_last_name, 1) || '.'
            when 2 then lower(left(engraved_first_name, 1) || ' ' || left(engraved_last_name, 1))
            else left(engraved_first_name, 1)
        end end as personalization_initials
    from named

)

select
    'G' || order_key as gift_option_id,
    'O' || order_key as order_id,
    case when is_engraved then 'I' || (order_key * 8 + 1) end as order_item_id,
    case
        when has_message then gift_message
        when {{ chance('order_key', 'empty_message', 0.3) }} then ''
    end as gift_message,
    is_wrapped and not wrap_is_line as gift_wrap,
    is_boxed as gift_box,
    case when is_wrapped and not wrap_is_line then {{ money('4.50') }} end as wrap_price,
    case when is_engraved then case when {{ chance('order_key', 'engraves_name', 0.2) }}
        then engraved_first_name else personalization_initials end end as personalization_text,
    personalization_initials,
    case when declares_occasion then occasion end as declared_occasion,
    case when is_gift and {{ chance('order_key', 'names_recipient', 0.3) }}
        then recipient_full_name end as recipient_name,
    {{ loaded_after('ordered_at') }} as _loaded_at
from engraved
