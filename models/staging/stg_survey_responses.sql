with store_survey_responses as (

    select * from {% call latest_versions(
        ref('store_survey_responses'),
        'trim(response_id)',
        'answered_at desc, customer_id, question_key, answer'
    ) %}
        trim(response_id) <> ''
        and answered_at < {{ as_of() }}
    {% endcall %} as store_survey_responses

)

select
    {{ clean('response_id') }} as response_id,
    {{ clean('customer_id') }} as customer_id,
    {{ lower_code('question_key') }} as question_key,
    {{ clean('answer') }} as answer,
    answered_at
from store_survey_responses
