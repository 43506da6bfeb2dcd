with recent_visits as (

    select * from {{ ref('recent_visits') }}
    where seen_at >= {{ as_of() }} - interval '{{ var("bnpl_window_days") }}' day

),

product_prices as (

    select * from {{ ref('product_prices') }}
    where price >= {{ var('bnpl_min_price_amount') }}
        and is_offerable

),

dear_carts as (

    select * from {{ ref('customer_open_carts') }}
    where open_cart_value >= {{ var('bnpl_min_price_amount') }}

),

customers as (

    select * from {{ ref('customers') }}
    where country_code in {{ text_list(var('bnpl_countries')) }}

),

recent_buyers as (

    select customer_id
    from {{ ref('customer_orders') }}
    where last_ordered_at >= {{ as_of() }} - interval '{{ var("bnpl_window_days") }}' day

),

-- back to the same dear thing, or to a dear cart
interests as (

    select
        recent_visits.customer_id,
        recent_visits.product_id,
        count(distinct recent_visits.visit_number) as visit_count,
        max(product_prices.price) as price
    from recent_visits
    inner join product_prices on recent_visits.product_id = product_prices.product_id
    group by recent_visits.customer_id, recent_visits.product_id
    union all
    select
        recent_visits.customer_id,
        null as product_id,
        count(distinct recent_visits.visit_number) as visit_count,
        max(dear_carts.open_cart_value) as price
    from recent_visits
    inner join dear_carts on recent_visits.customer_id = dear_carts.customer_id
    where recent_visits.has_cart_step
    group by recent_visits.customer_id

),

ranked_interests as (

    select
        interests.*,
        row_number() over (
            partition by interests.customer_id
            order by interests.price desc, interests.visit_count desc, interests.product_id
        ) as interest_rank
    from interests
    inner join customers on interests.customer_id = customers.customer_id
    left join recent_buyers on interests.customer_id = recent_buyers.customer_id
    where interests.visit_count >= {{ var('bnpl_min_visits') }}
        and recent_buyers.customer_id is null

)

select
    customer_id,
    case when product_id is null then 'cart' else 'product' end as interest,
    product_id,
    visit_count,
    price
from ranked_interests
where interest_rank = 1
