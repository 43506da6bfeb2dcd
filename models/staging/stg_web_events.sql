with store_web_events as (

    select * from {{ ref('store_web_events') }}
    where
        trim(event_id) <> ''
        and event_at < {{ as_of() }}
    qualify {{ version_rank(
        'trim(event_id)',
        'event_at desc, event_type, anonymous_id, customer_id, product_id'
    ) }} = 1

)

select
    {{ clean('event_id') }} as event_id,
    {{ clean('anonymous_id') }} as anonymous_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('product_id') }} as product_id,
    {{ lower_code('event_type') }} as event_type,
    {{ clean('search_term') }} as search_term,
    {{ clean('url') }} as url,
    {{ lower_code('utm_source') }} as utm_source,
    {{ lower_code('utm_medium') }} as utm_medium,
    {{ clean('utm_campaign') }} as utm_campaign,
    {{ upper_code('country_code') }} as country_code,
    event_at
from store_web_events
