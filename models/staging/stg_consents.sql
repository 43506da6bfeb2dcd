with store_consents as (

    -- a yes counts from its day; a no counts whatever its day
    select * from {% call latest_versions(
        ref('store_consents'),
        'trim(consent_event_id)',
        'captured_at desc, state, customer_id, channel, purpose, expires_at'
    ) %}
        trim(consent_event_id) <> ''
        and (captured_at < {{ as_of() }} or {{ lower_code('state') }} is distinct from 'granted')
    {% endcall %} as store_consents

)

select
    {{ clean('consent_event_id') }} as consent_event_id,
    {{ clean('customer_id') }} as customer_id,
    {{ email_key('email_norm') }} as email_key,
    {{ normal_email('email_norm') }} as email_norm,
    {{ lower_code('channel') }} as channel,
    {{ lower_code('purpose') }} as purpose,
    {{ lower_code('state') }} as state,
    {{ lower_code('legal_basis') }} as legal_basis,
    {{ clean('notice_version') }} as notice_version,
    {{ lower_code('source') }} as source,
    double_opt_in,
    coalesce(third_party_sharing, false) as third_party_sharing,
    captured_at,
    expires_at
from store_consents
