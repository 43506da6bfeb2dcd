with store_order_gift_options as (

    select * from {% call latest_versions(
        ref('store_order_gift_options'),
        'trim(gift_option_id)',
        'order_id, order_item_id, gift_message, personalization_initials'
    ) %}
        trim(gift_option_id) <> ''
    {% endcall %} as store_order_gift_options

)

select
    {{ clean('gift_option_id') }} as gift_option_id,
    {{ clean('order_id') }} as order_id,
    {{ clean('order_item_id') }} as order_item_id,
    {{ name_key(first_word('recipient_name')) }} as recipient_first_name_key,
    {{ name_key(last_word('recipient_name')) }} as recipient_last_name_key,
    {{ clean('gift_message') }} as gift_message,
    {{ clean('personalization_text') }} as personalization_text,
    {{ initials('personalization_initials') }} as personalization_initials,
    {{ lower_code('declared_occasion') }} as declared_occasion,
    {{ clean('recipient_name') }} as recipient_name,
    wrap_price,
    coalesce(gift_wrap, false) as gift_wrap,
    coalesce(
        length(trim(gift_message)) >= {{ var('gift_message_min_chars') }}, false
    ) as has_gift_message,
    coalesce(gift_box, false) as has_gift_box
from store_order_gift_options
