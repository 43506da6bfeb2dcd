with reviews as (

    select
        review_id,
        customer_id as account_id,
        product_id,
        rating,
        has_media,
        {{ local_date('created_at') }} as created_on
    from {{ ref('stg_reviews') }}
    where rating >= {{ var('good_rating_min_stars') }}

),

review_hits as (

    select * from {{ ref('gift_text_hits') }}
    where text_kind = 'review'

),

account_owners as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account' and not is_test

),

products as (

    select
        product_id,
        coalesce(gift_suitable, true) and sensitive_category is null as is_gift_suitable
    from {{ ref('stg_products') }}

),

order_reviews as (

    select * from {{ ref('gift_order_reviews') }}

),

order_occasions as (

    select * from {{ ref('gift_order_occasions') }}

),

gift_occasions as (

    select * from {{ ref('gift_occasions') }}
    where kind <> 'sensitive'

),

-- a gift word tells, or naming whom and what for; a friend alone may have given advice
told_reviews as (

    select
        text_kind,
        text_id,
        min_by(recipient, hit_rank) filter (where recipient is not null) as recipient,
        min_by(occasion, hit_rank) filter (where occasion is not null) as occasion
    from review_hits
    group by text_kind, text_id
    having (bool_or(is_gift_word) and not bool_or(is_false_gift_word))
        or (count(recipient) > 0 and count(occasion) > 0)

),

gift_reviews as (

    select
        reviews.*,
        account_owners.customer_id,
        order_reviews.order_id,
        told_reviews.recipient,
        coalesce(told_reviews.occasion, order_occasions.occasion) as occasion,
        case
            when told_reviews.occasion is not null then 'review'
            when order_occasions.occasion is not null then order_occasions.occasion_basis
        end as occasion_basis
    from reviews
    inner join told_reviews on reviews.review_id = told_reviews.text_id
    inner join account_owners on reviews.account_id = account_owners.source_id
    left join order_reviews on reviews.review_id = order_reviews.review_id
    left join order_occasions on order_reviews.order_id = order_occasions.order_id

)

select
    gift_reviews.review_id,
    gift_reviews.customer_id,
    gift_reviews.product_id,
    gift_reviews.order_id,
    gift_reviews.recipient,
    gift_occasions.occasion,
    case when gift_occasions.occasion is not null then gift_reviews.occasion_basis end
        as occasion_basis,
    -- when to show it: before its own day of the calendar, or all year round
    coalesce(gift_occasions.event_code, 'all_year') as season,
    gift_reviews.rating,
    gift_reviews.has_media,
    gift_reviews.has_media and coalesce(products.is_gift_suitable, true) as is_shareable_media,
    gift_reviews.created_on
from gift_reviews
left join products on gift_reviews.product_id = products.product_id
left join gift_occasions on gift_reviews.occasion = gift_occasions.occasion
