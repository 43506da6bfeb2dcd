with referrals as (

    select * from {{ ref('stg_referrals') }}
    where order_id is not null

),

orders as (

    select * from {{ ref('order_facts') }}
    where is_valid
        and customer_id is not null

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

reviews as (

    select * from {{ ref('stg_reviews') }}
    where rating >= {{ var('good_rating_min_stars') }}

),

declarations as (

    select * from {{ ref('customer_declarations') }}
    where nps_score >= {{ var('advocate_nps_min') }}

),

-- a friend is somebody else, and has paid
friends as (

    select
        accounts.customer_id,
        count(distinct orders.customer_id) as friend_count
    from referrals
    inner join accounts on referrals.referrer_customer_id = accounts.source_id
    inner join orders on referrals.order_id = orders.order_id
    where orders.customer_id <> accounts.customer_id
    group by accounts.customer_id

),

good_reviews as (

    select
        accounts.customer_id,
        count(*) as good_review_count
    from reviews
    inner join accounts on reviews.customer_id = accounts.source_id
    group by accounts.customer_id

),

signs as (

    select
        customer_id,
        friend_count as sign_count,
        'brought_friends' as sign_code,
        {{ var('advocate_referral_weight') }} as weight
    from friends
    union all
    select
        customer_id,
        good_review_count as sign_count,
        'good_reviews' as sign_code,
        {{ var('advocate_review_weight') }} as weight
    from good_reviews
    union all
    select
        customer_id,
        1 as sign_count,
        'would_recommend' as sign_code,
        {{ var('advocate_nps_weight') }} as weight
    from declarations

)

select
    customer_id,
    string_agg(sign_code, ',' order by sign_code) as advocacy_signs,
    {{ noisy_or('weight') }} as advocate_score,
    coalesce(max(sign_count) filter (where sign_code = 'brought_friends'), 0) as friend_count,
    coalesce(max(sign_count) filter (where sign_code = 'good_reviews'), 0) as good_review_count,
    bool_or(sign_code = 'would_recommend') as would_recommend
from signs
group by customer_id
