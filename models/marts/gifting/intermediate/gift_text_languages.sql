with texts as (

    select * from {{ ref('gift_texts') }}

),

vocabulary as (

    select * from {{ ref('gift_vocabulary') }}

),

text_words as (

    select text_kind, text_id, unnest(string_split(words, ' ')) as word from texts

),

-- the language is the one that knows most of the words
votes as (

    select
        text_words.text_kind,
        text_words.text_id,
        vocabulary.language,
        row_number() over (
            partition by text_words.text_kind, text_words.text_id
            order by count(*) desc, vocabulary.language
        ) as vote_rank
    from text_words
    inner join vocabulary on text_words.word = vocabulary.words
    group by text_words.text_kind, text_words.text_id, vocabulary.language

)

select
    text_kind,
    text_id,
    language
from votes
where vote_rank = 1
