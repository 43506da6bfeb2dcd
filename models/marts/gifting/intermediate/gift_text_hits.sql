with texts as (

    select * from {{ ref('gift_texts') }}

),

languages as (

    select * from {{ ref('gift_text_languages') }}

),

vocabulary as (

    select
        *,
        split_part(words, ' ', 1) as first_word
    from {{ ref('gift_vocabulary') }}
    where recipient is not null or occasion is not null or is_gift_word or is_false_gift_word

),

word_places as (

    select text_kind, text_id, words, unnest(string_split(words, ' ')) as word from texts

),

text_words as (

    select text_kind, text_id, words, word from word_places
    group by text_kind, text_id, words, word

),

hits as (

    select
        text_words.text_kind,
        text_words.text_id,
        vocabulary.language,
        vocabulary.recipient,
        vocabulary.register,
        vocabulary.occasion,
        vocabulary.is_gift_word,
        vocabulary.is_false_gift_word,
        vocabulary.priority,
        cast(null as integer) as number,
        strpos(' ' || text_words.words || ' ', ' ' || vocabulary.words || ' ') as position,
        vocabulary.words
    from text_words
    inner join languages
        on text_words.text_kind = languages.text_kind
        and text_words.text_id = languages.text_id
    inner join vocabulary
        on languages.language = vocabulary.language
        and text_words.word = vocabulary.first_word
        and {{ has_words('text_words.words', 'vocabulary.words') }}
    union all
    select
        text_kind,
        text_id,
        cast(null as varchar) as language,
        cast(null as varchar) as recipient,
        cast(null as varchar) as register,
        cast(null as varchar) as occasion,
        false as is_gift_word,
        false as is_false_gift_word,
        1 as priority,
        try_cast(word as integer) as number,
        strpos(' ' || words || ' ', ' ' || word || ' ') as position,
        word as words
    from text_words
    where length(word) <= 3 and try_cast(word as integer) between 1 and 120

)

select
    text_kind,
    text_id,
    recipient,
    register,
    occasion,
    -- what is said plainly, then what is said first: "Dear mom … your son" is for mom
    row_number() over (
        partition by text_kind, text_id
        order by priority, position, length(words) desc, words, language
    ) as hit_rank,
    number,
    is_gift_word,
    is_false_gift_word
from hits
