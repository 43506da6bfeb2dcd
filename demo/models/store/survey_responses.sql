-- The canonical survey answers. Who has given says so, mostly; some say so who have not.
-- One row per response_id.
with givers as (

    select customer_number from {{ ref('intents') }}
    where is_gift
    group by customer_number

),

people as (

    select * from {{ ref('people') }}
    where person_kind in ('buyer', 'lead')

),

registrations as (

    select customer_number, created_at from {{ ref('registrations') }}

),

questions as (

    select * from (
        values
        (1, 'birthday', 0.06), (2, 'interest', 0.07), (3, 'reward_preference', 0.06),
            (4, 'nps', 0.09),
        (5, 'leave_reason', 0.02), (6, 'is_gift_buyer', 0.05)
    ) as listed (question_no, question_key, answered_share)

),

answered as (

    select
        people.customer_number * 8 + questions.question_no as response_key,
        people.customer_id,
        givers.customer_number is not null as has_given,
        people.born_on,
        people.first_interest,
        questions.question_key,
        {{ later('registrations.created_at',
            "date_diff('day', registrations.created_at, " ~ closes_at() ~ ") * "
            ~ draw('people.customer_number * 8 + questions.question_no',
                'survey_when')) }} as answered_at
    from people
    inner join registrations on people.customer_number = registrations.customer_number
    cross join questions
    left join givers on people.customer_number = givers.customer_number
    where {{ chance('people.customer_number * 8 + questions.question_no', 'survey',
        'questions.answered_share') }}

)

select
    'Y' || response_key as response_id,
    customer_id,
    question_key,
    case question_key
        when 'birthday' then strftime(born_on, '%m-%d')
        when 'interest' then first_interest
        when 'reward_preference'
            then list_value('discount', 'free_shipping', 'gift_card', 'points', 'charity')
            [1 + {{ pick('response_key', 'survey_answer', 5) }}]
        when 'nps' then (10 - {{ pick('response_key', 'survey_answer', 7) }})::varchar
        when 'leave_reason' then list_value('price', 'delivery', 'quality', 'found_elsewhere')
            [1 + {{ pick('response_key', 'survey_answer', 4) }}]
        else case when has_given <> {{ chance('response_key', 'survey_error', 0.06) }} then 'yes'
            else 'no' end
    end as answer,
    answered_at,
    {{ loaded_after('answered_at') }} as _loaded_at
from answered
where answered_at < {{ closes_at() }}
