with consent_events as (

    select * from {{ ref('consent_events') }}

),

-- the last word counts; at one moment a no is the last word
last_words as (

    select * from consent_events
    qualify row_number() over (
        partition by customer_id, subject_id, channel, purpose
        order by captured_at desc nulls first, state = 'granted', event_id
    ) = 1

),

judged as (

    select
        *,
        case
            when state = 'granted' and expires_at < {{ as_of() }} then 'expired'
            else state
        end as reason
    from last_words

),

-- two accounts of one person: what one of them forbids is forbidden
most_restrictive as (

    select
        *,
        bool_and(third_party_sharing) over (
            partition by customer_id, channel, purpose
        ) as may_share
    from judged
    -- lint: allow tie: of each account there is one last word
    qualify row_number() over (
        partition by customer_id, channel, purpose
        order by
            reason = 'granted',
            reason = 'expired',
            legal_basis is not distinct from 'soft_opt_in' desc,
            captured_at desc nulls first,
            subject_id
    ) = 1

)

select
    customer_id,
    channel,
    purpose,
    reason,
    legal_basis,
    reason = 'granted' as is_granted,
    may_share as third_party_sharing,
    captured_at as decided_at
from most_restrictive
