with survey_responses as (

    select
        *,
        lower(trim(answer)) as plain_answer
    from {{ ref('stg_survey_responses') }}
    where answer is not null
        and question_key in {{ text_list(var('declared_question_keys')) }}

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

latest_answers as (

    select
        accounts.customer_id,
        survey_responses.question_key,
        survey_responses.plain_answer,
        survey_responses.answered_at
    from survey_responses
    inner join accounts on survey_responses.customer_id = accounts.source_id
    qualify row_number() over (
        partition by accounts.customer_id, survey_responses.question_key
        order by survey_responses.answered_at desc, survey_responses.response_id
    ) = 1

),

answer_counts as (

    select
        question_key,
        plain_answer,
        count(*) as customer_count
    from latest_answers
    group by question_key, plain_answer

)

-- free text may hold anything: an answer is shown once several gave it, a birthday never
select
    latest_answers.customer_id,
    latest_answers.question_key,
    case
        when latest_answers.question_key <> 'birthday'
            and answer_counts.customer_count >= {{ var('declared_answer_min_customers') }}
            then latest_answers.plain_answer
    end as answer,
    'declared' as source,
    case
        when latest_answers.question_key = 'nps'
            and try_cast(latest_answers.plain_answer as integer) between 0 and 10
            then try_cast(latest_answers.plain_answer as integer)
    end as nps_score,
    latest_answers.answered_at
from latest_answers
inner join answer_counts
    on latest_answers.question_key = answer_counts.question_key
    and latest_answers.plain_answer = answer_counts.plain_answer
