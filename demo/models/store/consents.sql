-- The canonical consent log: first answers, withdrawals, second thoughts; answers of guests carry a
-- mail only. One row per consent_event_id.
with consent_answers as (

    select * from {{ ref('consent_answers') }}

),

events as (

    select *, 1 as event_no, case when is_granted then 'granted'
        else 'denied' end as state, answered_at as captured_at,
        case when {{ chance('answer_key', 'consent_form', 0.7) }} then 'checkout'
            else 'signup_form' end as source
    from consent_answers

    union all

    select *, 2, 'withdrawn', withdrawn_at, 'preference_centre'
    from consent_answers
    where withdrawn_at is not null

    union all

    select *, 3, 'granted', {{ later('withdrawn_at', '20') }}, 'preference_centre'
    from consent_answers
    where withdrawn_at < {{ closes_at() }} - interval 30 day
        and {{ chance('answer_key', 'consent_again', 0.12) }}

    union all

    -- two answers at one moment, from two windows
    select *, 4, 'denied', answered_at, 'signup_form'
    from consent_answers
    where is_granted and {{ chance('answer_key', 'consent_tie', 0.002) }}

)

select
    'N' || (answer_key * 8 + event_no) as consent_event_id,
    case when person_kind <> 'guest' then customer_id end as customer_id,
    case when person_kind = 'guest' or {{ chance('answer_key', 'consent_mail', 0.3) }}
        then email_norm end as email_norm,
    channel,
    purpose,
    case when {{ chance('answer_key', 'consent_case', 0.005) }} then upper(state) else state end
        as state,
    case
        when state <> 'granted' then 'consent'
        when channel = 'email' and purpose = 'marketing'
            and {{ chance('answer_key', 'soft_opt_in', 0.12) }} then 'soft_opt_in'
        else 'consent'
    end as legal_basis,
    case when channel = 'email' and state = 'granted'
        then country_code in ('DE', 'AT') or {{ chance('answer_key', 'double_opt_in', 0.25) }} end
            as double_opt_in,
    case when captured_at < timestamp '2025-01-15' then 'v1'
        when captured_at < timestamp '2026-03-01' then 'v2' else 'v3' end
        as notice_version,
    state = 'granted'
        and (purpose = 'ad_sharing' or {{ chance('answer_key', 'sharing_agreed', 0.2) }})
            as third_party_sharing,
    captured_at,
    case when state = 'granted' and {{ chance('answer_key', 'consent_expires', 0.05) }}
        then captured_at + interval 365 day end as expires_at,
    source,
    {{ loaded_after('captured_at') }} as _loaded_at
from events
