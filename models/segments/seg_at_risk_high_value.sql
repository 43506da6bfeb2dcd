with members as (

    select * from {{ ref('segment_primary') }}
    where segment = 'at_risk_high_value'

),

customers as (

    select * from {{ ref('customer_360') }}

),

leaving_reasons as (

    select * from {{ ref('customer_leaving_reasons') }}

),

win_back_offers as (

    select * from {{ ref('win_back_offers') }}

),

news as (

    select * from {{ ref('customer_new_arrivals') }}
    where arrival_rank = 1

),

bnpl_interests as (

    select * from {{ ref('customer_bnpl_interest') }}

)

select
    members.customer_id,
    members.score,
    members.reason,
    members.as_of,
    customers.activity_state,
    leaving_reasons.probable_reason,
    win_back_offers.offer as win_back_offer,
    news.product_id as new_product_id,
    customers.open_cart_id,
    customers.expected_interval_days,
    customers.days_since_last_purchase - customers.expected_interval_days as days_overdue,
    customers.spend_ratio,
    customers.p_alive,
    customers.predicted_clv,
    -- the margin of an average year: what a year without this customer costs
    cast(customers.historic_clv as double) * 365 / greatest(365, customers.tenure_days)
        as value_at_risk,
    customers.open_cart_id is not null as has_open_cart,
    bnpl_interests.customer_id is not null as is_bnpl_candidate,
    coalesce(news.is_rival_active, false) as is_rival_active
from members
inner join customers on members.customer_id = customers.customer_id
left join leaving_reasons on members.customer_id = leaving_reasons.customer_id
left join win_back_offers on leaving_reasons.probable_reason = win_back_offers.probable_reason
left join news on members.customer_id = news.customer_id
left join bnpl_interests on members.customer_id = bnpl_interests.customer_id
