with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and valid_order_count = 0
        and (may_email or may_sms)
        and days_since_signed_up >= {{ var('survey_min_days') }}


),

declarations as (

    select * from {{ ref('customer_declarations') }}

),

answers as (

    select
        customer_id,
        bool_or(question_key = 'birthday') as has_birthday,
        bool_or(question_key = 'interest') as has_interest,
        bool_or(question_key = 'reward_preference') as has_reward,
        max(answered_at) as last_answered_at
    from declarations
    group by customer_id

),

gaps as (

    select
        customers.customer_id,
        concat_ws(
            ',',
            case
                when
                    customers.birth_month is null
                    and not coalesce(answers.has_birthday, false)
                    then 'birthday_unknown'
            end,
            case when not coalesce(answers.has_interest, false) then 'interest_unknown' end,
            case when not coalesce(answers.has_reward, false) then 'reward_unknown' end
        ) as reason,
        {{ local_date('answers.last_answered_at') }} as last_answered_on
    from customers
    left join answers on customers.customer_id = answers.customer_id

)

select
    customer_id,
    1.0e0 as score,
    reason,
    {{ as_of() }} as as_of,
    last_answered_on
from gaps
where reason <> ''
    and (
        last_answered_on is null
        or date_diff('day', last_answered_on, {{ as_of_on() }}) >= {{ var('survey_quiet_days') }}
    )
