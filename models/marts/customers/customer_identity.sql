with person_sources as (

    select * from {{ ref('person_sources') }}
    where not is_erased

),

offline_choices as (

    select * from {{ ref('offline_choices') }}

)

select
    person_sources.source_kind,
    person_sources.source_id,
    person_sources.customer_id,
    person_sources.own_customer_id,
    person_sources.is_test,
    person_sources.first_seen_at
from person_sources
left join offline_choices on person_sources.customer_id = offline_choices.customer_id
-- a guest at a counter is a person to us only if they said so
where
    not person_sources.is_offline
    or coalesce(offline_choices.is_granted, false)
