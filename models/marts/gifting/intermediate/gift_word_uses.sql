with texts as (

    select * from {{ ref('gift_texts') }}
    where text_kind = 'message'

),

languages as (

    select * from {{ ref('gift_text_languages') }}
    where text_kind = 'message'

),

stop_words as (

    select language, words from {{ ref('gift_vocabulary') }}
    where recipient is null and occasion is null and not is_gift_word and not is_false_gift_word

),

candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}

),

text_words as (

    select text_id as order_id, unnest(string_split(words_as_written, ' ')) as token from texts

),

-- a word counts once in a message; longer numbers are telephones and years
message_words as (

    select order_id, token from text_words
    where regexp_full_match(token, '\p{L}+') or try_cast(token as integer) between 1 and 120
    group by order_id, token

)

select
    candidate_orders.order_id,
    candidate_orders.customer_id,
    coalesce(languages.language, 'unknown') as language,
    message_words.token,
    candidate_orders.ordered_on
from message_words
inner join candidate_orders on message_words.order_id = candidate_orders.order_id
left join languages on message_words.order_id = languages.text_id
left join stop_words
    on languages.language = stop_words.language
    and {{ without_accents('message_words.token') }} = stop_words.words
where stop_words.words is null
