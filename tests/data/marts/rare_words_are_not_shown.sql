-- what fewer customers than this wrote is a name, or could be one
with gift_words as (

    select language, token, customer_count, message_count from {{ ref('gift_words') }}

),

gift_word_months as (

    select language, token, customer_count, message_count from {{ ref('gift_word_months') }}

),

shown as (

    select * from gift_words
    union all
    select * from gift_word_months

)

select *
from shown
where customer_count < {{ var('gift_word_min_customers') }} or customer_count > message_count
