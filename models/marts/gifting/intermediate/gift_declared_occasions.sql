with gift_options as (

    select
        gift_option_id,
        order_id,
        {{ plain_words("replace(declared_occasion, '_', ' ')") }} as words
    from {{ ref('stg_order_gift_options') }}
    where declared_occasion is not null

),

vocabulary as (

    select occasion, words from {{ ref('gift_vocabulary') }}
    where occasion is not null

),

occasion_names as (

    select
        occasion,
        {{ plain_words("replace(occasion, '_', ' ')") }} as words
    from vocabulary
    union all
    select
        occasion,
        words
    from vocabulary

),

-- only names of our own list go on: a shop may let people write here, and they write who it is for
matches as (

    select
        gift_options.order_id,
        occasion_names.occasion,
        row_number() over (
            partition by gift_options.order_id
            order by
                length(occasion_names.words) desc,
                occasion_names.occasion,
                occasion_names.words,
                gift_options.gift_option_id
        ) as match_rank
    from gift_options
    inner join occasion_names on {{ has_words('gift_options.words', 'occasion_names.words') }}
    group by
        gift_options.order_id,
        gift_options.gift_option_id,
        occasion_names.occasion,
        occasion_names.words

)

select
    order_id,
    occasion
from matches
where match_rank = 1
