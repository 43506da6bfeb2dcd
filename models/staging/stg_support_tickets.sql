with store_support_tickets as (

    select * from {% call latest_versions(
        ref('store_support_tickets'),
        'trim(ticket_id)',
        'resolved_at desc nulls last, created_at, customer_id, topic'
    ) %}
        trim(ticket_id) <> ''
        and created_at < {{ as_of() }}
    {% endcall %} as store_support_tickets

)

select
    {{ clean('ticket_id') }} as ticket_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('order_id') }} as order_id,
    {{ lower_code('channel') }} as channel,
    {{ lower_code('topic') }} as topic,
    {{ clean('body') }} as body,
    csat,
    coalesce(is_complaint, false) as is_complaint,
    created_at,
    {{ until_as_of('resolved_at') }} as resolved_at
from store_support_tickets
