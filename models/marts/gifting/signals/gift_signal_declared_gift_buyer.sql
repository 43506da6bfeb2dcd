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

-- what somebody told customer service stands as a tag on the account
tagged_accounts as (

    select
        customer_id as account_id,
        unnest(string_split(lower(tags), ',')) as tag,
        created_at
    from {{ ref('stg_customers') }}
    where tags is not null

),

tagged_customers as (

    select
        customers.customer_id,
        min(tagged_accounts.created_at) as created_at
    from tagged_accounts
    inner join account_owners on tagged_accounts.account_id = account_owners.source_id
    inner join customers on account_owners.customer_id = customers.customer_id
    where trim(tagged_accounts.tag) in {{ text_list(var('gift_buyer_tags')) }}
        and tagged_accounts.created_at is not null
    group by customers.customer_id

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

),

last_answers as (

    select * from ranked_answers
    where recency_rank = 1

),

-- what people say themselves goes before what others noted
declarations as (

    select
        customer_id,
        'survey' as detail,
        answered_at as declared_at
    from last_answers
    where answer in {{ text_list(var('gift_buyer_yes_answers')) }}
    union all
    select
        tagged_customers.customer_id,
        'tag' as detail,
        tagged_customers.created_at as declared_at
    from tagged_customers
    left join last_answers on tagged_customers.customer_id = last_answers.customer_id
    where last_answers.customer_id is null

)

select
    customer_id,
    cast(null as varchar) as order_id,
    'declared_gift_buyer' as signal_code,
    detail,
    {{ local_date('declared_at') }} as occurred_on,
    declared_at as occurred_at
from declarations
