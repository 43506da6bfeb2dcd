with recent_events as (

    -- a month of events, however long the history
    select * from {{ ref('stg_web_events') }}
    where customer_id is not null
        and event_type in (
            'product_view', 'add_to_cart', 'exit_intent_shown', 'exit_intent_accepted'
        )
        and event_at >= {{ as_of() }} - interval '{{ var("browsing_window_days") }}' day

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

products as (

    select
        *,
        -- what is sensitive counts as a view, never as an interest
        case when sensitive_category is null then {{ top_category('category_path') }} end
            as category
    from {{ ref('stg_products') }}

),

customer_events as (

    select
        accounts.customer_id,
        recent_events.event_type,
        recent_events.event_at,
        products.category
    from recent_events
    inner join accounts on recent_events.customer_id = accounts.source_id
    left join products on recent_events.product_id = products.product_id

),

counts as (

    select
        customer_id,
        count(*) filter (where event_type = 'product_view') as product_views_30d,
        count(*) filter (where event_type = 'add_to_cart') as cart_adds_30d,
        max(event_at) filter (
            where event_type in ('exit_intent_shown', 'exit_intent_accepted')
        ) as last_exit_intent_at
    from customer_events
    group by customer_id

),

category_views as (

    select
        customer_id,
        category,
        row_number() over (
            partition by customer_id order by count(*) desc, max(event_at) desc, category
        ) as category_rank
    from customer_events
    where event_type = 'product_view'
        and category is not null
    group by customer_id, category

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
