with visits as (

    select * from {{ ref('recent_visits') }}
    where product_view_count > 0
        or cart_add_count > 0
        or last_exit_intent_at is not null

),

products as (

    select
        *,
        -- what is sensitive counts as a view, never as an interest
        case when sensitive_category is null then {{ top_category('category_path') }} end
            as category
    from {{ ref('stg_products') }}

),

counts as (

    select
        customer_id,
        cast(sum(product_view_count) as bigint) as product_views_30d,
        cast(sum(cart_add_count) as bigint) as cart_adds_30d,
        max(last_exit_intent_at) as last_exit_intent_at
    from visits
    group by customer_id

),

category_views as (

    select
        visits.customer_id,
        products.category,
        row_number() over (
            partition by visits.customer_id
            order by
                sum(visits.product_view_count) desc,
                max(visits.last_viewed_at) desc,
                products.category
        ) as category_rank
    from visits
    inner join products on visits.product_id = products.product_id
    where visits.product_view_count > 0
        and products.category is not null
    group by visits.customer_id, products.category

)

select
    counts.customer_id,
    category_views.category as top_viewed_category,
    counts.product_views_30d,
    counts.cart_adds_30d,
    counts.last_exit_intent_at
from counts
left join category_views
    on counts.customer_id = category_views.customer_id
    and category_views.category_rank = 1
