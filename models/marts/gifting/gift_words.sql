with word_uses as (

    select * from {{ ref('gift_word_uses') }}

),

messages as (

    select
        language,
        count(distinct order_id) as message_count
    from word_uses
    group by language

),

words as (

    select
        language,
        token,
        count(*) as message_count,
        count(distinct customer_id) as customer_count,
        min(ordered_on) as first_used_on,
        max(ordered_on) as last_used_on
    from word_uses
    group by language, token
    -- rarer words are mostly names
    having count(distinct customer_id) >= {{ var('gift_word_min_customers') }}

)

select
    words.language,
    words.token,
    words.message_count,
    words.customer_count,
    words.message_count::double / messages.message_count as message_share,
    row_number() over (
        partition by words.language
        order by words.message_count desc, words.token
    ) as frequency_rank,
    words.first_used_on,
    words.last_used_on
from words
inner join messages on words.language = messages.language
