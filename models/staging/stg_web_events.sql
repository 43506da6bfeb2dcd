with store_web_events as (

    select * from {{ ref('store_web_events') }}
    where
        trim(event_id) <> ''
        and event_at < {{ as_of() }}

)

-- delivered again, an id at a moment is one event; where copies differ, the greater value counts
select
    {{ clean('event_id') }} as event_id,
    max({{ clean('anonymous_id') }}) as anonymous_id,
    max({{ clean('customer_id') }}) as customer_id,
    max({{ clean('product_id') }}) as product_id,
    max({{ lower_code('event_type') }}) as event_type,
    max({{ clean('search_term') }}) as search_term,
    max({{ clean('url') }}) as url,
    max({{ lower_code('utm_source') }}) as utm_source,
    max({{ lower_code('utm_medium') }}) as utm_medium,
    max({{ clean('utm_campaign') }}) as utm_campaign,
    max({{ upper_code('country_code') }}) as country_code,
    event_at
from store_web_events
group by {{ clean('event_id') }}, event_at
