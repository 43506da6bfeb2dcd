with customers as (

    select * from {{ ref('customers') }}
    where not is_test

),

account_owners as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

survey_answers as (

    select
        response_id,
        customer_id as account_id,
        lower(trim(answer)) as answer,
        answered_at
    from {{ ref('stg_survey_responses') }}
    where question_key = 'is_gift_buyer' and answer is not null

),

-- the last word counts: who once said yes and later no, is not asked to remember
ranked_answers as (

    select
        customers.customer_id,
        survey_answers.answer,
        survey_answers.answered_at,
        row_number() over (
            partition by customers.customer_id
            order by survey_answers.answered_at desc, survey_answers.response_id
        ) as recency_rank
    from survey_answers
    inner join account_owners on survey_answers.account_id = account_owners.source_id
    inner join customers on account_owners.customer_id = customers.customer_id

)

select
    customer_id,
    cast(null as varchar) as order_id,
    'declared_gift_buyer' as signal_code,
    'survey' as detail,
    {{ local_date('answered_at') }} as occurred_on,
    answered_at as occurred_at
from ranked_answers
where recency_rank = 1 and answer in {{ text_list(var('gift_buyer_yes_answers')) }}
