with store_gift_cards as (

    select * from {% call latest_versions(
        ref('store_gift_cards'),
        'trim(gift_card_id)',
        'issued_at desc, order_item_id, initial_value, recipient_email'
    ) %}
        trim(gift_card_id) <> ''
        and issued_at < {{ as_of() }}
    {% endcall %} as store_gift_cards

)

select
    {{ clean('gift_card_id') }} as gift_card_id,
    {{ clean('order_item_id') }} as order_item_id,
    {{ clean('purchaser_customer_id') }} as purchaser_customer_id,
    {{ email_key('recipient_email') }} as recipient_email_key,
    {{ name_key('recipient_name') }} as recipient_name_key,
    {{ name_key(first_word('recipient_name')) }} as recipient_first_name_key,
    {{ name_key(last_word('recipient_name')) }} as recipient_last_name_key,
    {{ normal_email('recipient_email') }} as recipient_email,
    {{ clean('recipient_name') }} as recipient_name,
    {{ clean('message') }} as message,
    initial_value,
    balance,
    coalesce(
        {{ normal_email('recipient_email') }}, {{ clean('recipient_name') }}
    ) is not null as has_recipient,
    deliver_on,
    issued_at,
    expires_at
from store_gift_cards
