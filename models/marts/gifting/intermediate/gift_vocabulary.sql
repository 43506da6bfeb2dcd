with lexicon as (

    select * from {{ ref('gift_lexicon') }}

),

stop_words as (

    select * from {{ ref('stop_words') }}

)

select
    language,
    {{ plain_words('token') }} as words,
    recipient,
    register,
    occasion,
    priority,
    is_gift_word,
    is_false_gift_word
from lexicon
union all
select
    language,
    {{ plain_words('token') }} as words,
    cast(null as varchar) as recipient,
    cast(null as varchar) as register,
    cast(null as varchar) as occasion,
    cast(null as integer) as priority,
    false as is_gift_word,
    false as is_false_gift_word
from stop_words
