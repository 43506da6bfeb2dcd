with consents as (

    select * from {{ ref('stg_consents') }}

),

withdrawals as (

    select * from {{ ref('stg_message_withdrawals') }}

),

person_sources as (

    select * from {{ ref('person_sources') }}

),

email_people as (

    select * from {{ ref('email_people') }}

),

account_people as (

    select
        source_id as subject_id,
        customer_id
    from person_sources
    where source_kind = 'account'

)

select
    account_people.customer_id,
    account_people.subject_id,
    consents.consent_event_id as event_id,
    coalesce(consents.channel, 'unknown') as channel,
    coalesce(consents.purpose, 'unknown') as purpose,
    coalesce(consents.state, 'unknown') as state,
    consents.legal_basis,
    consents.third_party_sharing,
    consents.captured_at,
    consents.expires_at
from consents
inner join account_people on consents.customer_id = account_people.subject_id

union all

select
    email_people.customer_id,
    email_people.subject_id,
    consents.consent_event_id as event_id,
    coalesce(consents.channel, 'unknown') as channel,
    coalesce(consents.purpose, 'unknown') as purpose,
    coalesce(consents.state, 'unknown') as state,
    consents.legal_basis,
    consents.third_party_sharing,
    consents.captured_at,
    consents.expires_at
from consents
inner join email_people on consents.email_key = email_people.email_key
where consents.customer_id is null

union all

select
    account_people.customer_id,
    account_people.subject_id,
    withdrawals.message_event_id as event_id,
    withdrawals.channel,
    'marketing' as purpose,
    withdrawals.event_type as state,
    null as legal_basis,
    false as third_party_sharing,
    withdrawals.event_at as captured_at,
    null as expires_at
from withdrawals
inner join account_people on withdrawals.customer_id = account_people.subject_id
where withdrawals.channel is not null
