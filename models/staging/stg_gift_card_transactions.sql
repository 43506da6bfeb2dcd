with store_gift_card_transactions as (

    select * from {% call latest_versions(
        ref('store_gift_card_transactions'),
        'trim(transaction_id)',
        'occurred_at desc, gift_card_id, order_id, amount'
    ) %}
        trim(transaction_id) <> ''
        and occurred_at < {{ as_of() }}
    {% endcall %} as store_gift_card_transactions

)

select
    {{ clean('transaction_id') }} as transaction_id,
    {{ clean('gift_card_id') }} as gift_card_id,
    {{ clean('order_id') }} as order_id,
    amount,
    occurred_at
from store_gift_card_transactions
