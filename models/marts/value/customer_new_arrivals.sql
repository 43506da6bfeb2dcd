with customer_orders as (

    select * from {{ ref('customer_orders') }}
    where last_ordered_on is not null

),

bought_items as (

    select * from {{ ref('order_item_facts') }}
    where is_valid
        and customer_id is not null
        and category is not null
        and not is_sensitive
        and not is_gift_card

),

-- what was launched in the future is no news yet
new_products as (

    select
        product_id,
        {{ top_category('category_path') }} as category,
        {{ local_date('launched_at') }} as launched_on
    from {{ ref('stg_products') }}
    where launched_at < {{ as_of() }}

),

-- when rivals call, news are worth more
rival_categories as (

    select coalesce(category, '*') as category
    from {{ ref('competitor_events') }}
    where {{ as_of_on() }} between starts_on and ends_on
    group by coalesce(category, '*')

),

product_prices as (

    select * from {{ ref('product_prices') }}
    where is_offerable

),

category_revenues as (

    select
        customer_id,
        category,
        sum(net_revenue) as net_revenue
    from bought_items
    group by customer_id, category

),

favourites as (

    select
        *,
        row_number() over (
            partition by customer_id order by net_revenue desc, category
        ) as category_rank
    from category_revenues
    qualify category_rank <= {{ var('new_arrivals_max_categories') }}

),

arrivals as (

    select
        favourites.customer_id,
        new_products.product_id,
        new_products.category,
        new_products.launched_on,
        favourites.category in (select category from rival_categories)
        or '*' in (select category from rival_categories) as is_rival_active,
        row_number() over (
            partition by favourites.customer_id
            order by favourites.category_rank, new_products.launched_on desc,
                new_products.product_id
        ) as arrival_rank
    from favourites
    inner join customer_orders on favourites.customer_id = customer_orders.customer_id
    inner join new_products
        on favourites.category = new_products.category
        and new_products.launched_on > customer_orders.last_ordered_on
    inner join product_prices on new_products.product_id = product_prices.product_id

)

select
    customer_id,
    product_id,
    category,
    arrival_rank,
    is_rival_active,
    launched_on
from arrivals
where arrival_rank <= {{ var('new_arrivals_max_products') }}
