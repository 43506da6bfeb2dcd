with reviews as (

    select
        review_id,
        customer_id as account_id,
        product_id,
        order_id,
        rating,
        {{ plain_words('body') }} as words,
        {{ local_date('created_at') }} as reviewed_on
    from {{ ref('stg_reviews') }}
    where rating <= {{ var('review_answer_max_stars') }}
        and replied_at is null

),

-- the same word may be known in several languages
topic_words as (

    select
        words,
        topic
    from {{ ref('review_lexicon') }}
    group by words, topic

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

customer_orders as (

    select * from {{ ref('customer_orders') }}

),

topics as (

    select
        reviews.review_id,
        bool_or(topic_words.topic = 'shipping') as is_about_shipping,
        bool_or(topic_words.topic = 'product') as is_about_product,
        bool_or(topic_words.topic = 'service') as is_about_service
    from reviews
    inner join topic_words on {{ has_words('reviews.words', 'topic_words.words') }}
    group by reviews.review_id

)

select
    reviews.review_id,
    accounts.customer_id,
    reviews.product_id,
    reviews.order_id,
    reviews.rating,
    coalesce(topics.is_about_shipping, false) as is_about_shipping,
    coalesce(topics.is_about_product, false) as is_about_product,
    coalesce(topics.is_about_service, false) as is_about_service,
    coalesce(customer_orders.valid_order_count = 1, false) as is_one_time_buyer,
    date_diff('day', reviews.reviewed_on, {{ as_of_on() }}) as days_waiting,
    reviews.reviewed_on
from reviews
left join accounts on reviews.account_id = accounts.source_id
left join customer_orders on accounts.customer_id = customer_orders.customer_id
left join topics on reviews.review_id = topics.review_id
