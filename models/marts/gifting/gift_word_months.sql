with word_uses as (

    select
        *,
        {{ month_of('ordered_on') }} as used_month
    from {{ ref('gift_word_uses') }}

),

messages as (

    select
        language,
        used_month,
        count(distinct order_id) as message_count
    from word_uses
    group by language, used_month

),

-- every cell for itself hides who is alone in it
words as (

    select
        language,
        token,
        used_month,
        count(*) as message_count,
        count(distinct customer_id) as customer_count
    from word_uses
    group by language, token, used_month
    having count(distinct customer_id) >= {{ var('gift_word_min_customers') }}

),

shares as (

    select
        words.language,
        words.token,
        words.used_month,
        words.message_count,
        words.customer_count,
        words.message_count::double / messages.message_count as message_share
    from words
    inner join messages
        on words.language = messages.language
        and words.used_month = messages.used_month

)

select
    shares.language,
    shares.token,
    shares.used_month,
    shares.message_count,
    shares.customer_count,
    shares.message_share,
    shares.message_share / prior_months.message_share as lift_vs_prior_month
from shares
left join shares as prior_months
    on shares.language = prior_months.language
    and shares.token = prior_months.token
    and {{ months_later('prior_months.used_month', 1) }} = shares.used_month
