-- The answer of each person to each question they answered, and what came after. One row per
-- answer_key.
with people as (

    select * from {{ ref('people') }}

),

registrations as (

    select customer_number, created_at from {{ ref('registrations') }}

),

consent_questions as (

    select * from {{ ref('consent_questions') }}

),

asked as (

    select
        people.customer_number,
        people.customer_number * 16 + consent_questions.question_no as answer_key,
        people.person_kind,
        people.customer_id,
        people.email_norm,
        people.country_code,
        consent_questions.channel,
        consent_questions.purpose,
        consent_questions.granted_share,
        consent_questions.denied_share,
        registrations.created_at,
        {{ draw('people.customer_number * 16 + consent_questions.question_no', 'consent') }}
            as answer_draw
    from people
    inner join registrations on people.customer_number = registrations.customer_number
    cross join consent_questions
    where people.person_kind <> 'guest' or consent_questions.question_no in (1, 3, 7)

)

select
    * exclude (granted_share, denied_share, answer_draw, created_at),
    answer_draw < granted_share as is_granted,
    created_at + to_seconds(30 + {{ pick('answer_key', 'consent_pause', 200) }}) as answered_at,
    case when answer_draw < granted_share and {{ chance('answer_key', 'consent_withdrawn', 0.11) }}
        then {{ later('created_at', "(date_diff('day', created_at, " ~ closes_at() ~ ") + 10) * "
            ~ draw('answer_key', 'consent_withdrawn_when')) }} end as withdrawn_at
from asked
where answer_draw < granted_share + denied_share
