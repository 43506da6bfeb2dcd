with candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}

),

gift_options as (

    select order_id, gift_option_id, gift_message from {{ ref('stg_order_gift_options') }}
    where has_gift_message

),

order_items as (

    select order_item_id, order_id from {{ ref('stg_order_items') }}

),

gift_cards as (

    select gift_card_id, order_item_id, message from {{ ref('stg_gift_cards') }}

),

vocabulary as (

    select * from {{ ref('gift_vocabulary') }}

),

notes as (

    select order_id, gift_option_id as message_id, gift_message as text from gift_options
    union all
    select order_items.order_id, gift_cards.gift_card_id as message_id, gift_cards.message as text
    from gift_cards
    inner join order_items on gift_cards.order_item_id = order_items.order_item_id

),

texts as (

    select
        candidate_orders.order_id,
        {{ plain_words("string_agg(notes.text, ' ' order by notes.message_id, notes.text)") }}
            as words
    from candidate_orders
    inner join notes on candidate_orders.order_id = notes.order_id
    group by candidate_orders.order_id

),

text_words as (

    select order_id, words, unnest(string_split(words, ' ')) as word from texts

),

-- the language is the one that knows most of the words
languages as (

    select
        text_words.order_id,
        vocabulary.language,
        row_number() over (
            partition by text_words.order_id
            order by count(*) desc, vocabulary.language
        ) as vote_rank
    from text_words
    inner join vocabulary on text_words.word = vocabulary.words
    group by text_words.order_id, vocabulary.language

),

hits as (

    select
        texts.order_id,
        vocabulary.recipient,
        vocabulary.register,
        vocabulary.occasion,
        vocabulary.priority,
        cast(null as integer) as number,
        strpos(' ' || texts.words || ' ', ' ' || vocabulary.words || ' ') as position,
        vocabulary.words
    from texts
    inner join languages on texts.order_id = languages.order_id and languages.vote_rank = 1
    inner join vocabulary
        on languages.language = vocabulary.language
        and {{ has_words('texts.words', 'vocabulary.words') }}
    where vocabulary.recipient is not null or vocabulary.occasion is not null
    union all
    select
        order_id,
        cast(null as varchar) as recipient,
        cast(null as varchar) as register,
        cast(null as varchar) as occasion,
        1 as priority,
        try_cast(word as integer) as number,
        strpos(' ' || words || ' ', ' ' || word || ' ') as position,
        word as words
    from text_words
    where length(word) <= 3 and try_cast(word as integer) between 1 and 120
    group by order_id, words, word

)

select
    order_id,
    recipient,
    register,
    occasion,
    -- what is said plainly, then what is said first: "Dear mom … your son" is for mom
    row_number() over (
        partition by order_id
        order by priority, position, length(words) desc, words
    ) as hit_rank,
    number
from hits
