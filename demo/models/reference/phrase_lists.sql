-- What people write on gift cards, as lists to be drawn from. One row per language, occasion.
select
    language,
    occasion,
    list(phrase order by phrase_no) as phrases
from {{ ref('gift_phrases') }}
group by language, occasion
