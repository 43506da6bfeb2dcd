with order_items as (

    select * from {{ ref('order_item_facts') }}
    where is_valid
        and not is_gift_card

),

orders as (

    select * from {{ ref('order_facts') }}
    where is_valid

),

reviews as (

    select *, {{ local_date('created_at') }} as created_on from {{ ref('stg_reviews') }}
    where rating is not null

),

service_months as (

    select *, 'service' as want from {{ ref('service_months') }}

),

carts as (

    select *, {{ local_date('last_activity_at') }} as left_on from {{ ref('cart_states') }}
    where stage = 'payment'
        and state <> 'open'

),

message_days as (

    select * from {{ ref('message_days') }}

),

shares as (

    select
        'product' as want,
        'returned_units' as measure,
        {{ month_of('ordered_on') }} as month_on,
        sum(refunded_quantity) as part_count,
        sum(quantity) as whole_count
    from order_items
    group by {{ month_of('ordered_on') }}

    union all

    select
        'product' as want,
        'low_ratings' as measure,
        {{ month_of('created_on') }} as month_on,
        count(*) filter (where rating <= {{ var('low_rating_max_stars') }}) as part_count,
        count(*) as whole_count
    from reviews
    group by {{ month_of('created_on') }}

    union all

    select
        'convenience' as want,
        'late_deliveries' as measure,
        {{ month_of('ordered_on') }} as month_on,
        count(*) filter (where not delivered_on_time) as part_count,
        count(delivered_on_time) as whole_count
    from orders
    group by {{ month_of('ordered_on') }}

    union all

    select
        'convenience' as want,
        'failed_payments' as measure,
        {{ month_of('left_on') }} as month_on,
        count(*) filter (where state <> 'completed') as part_count,
        count(*) as whole_count
    from carts
    group by {{ month_of('left_on') }}

    union all

    select
        'personal' as want,
        'clicked_messages' as measure,
        {{ month_of('event_on') }} as month_on,
        sum(clicked_count) as part_count,
        sum(delivered_count) as whole_count
    from message_days
    group by {{ month_of('event_on') }}

)

select
    month_on,
    want,
    measure,
    'share' as unit,
    cast(whole_count as bigint) as row_count,
    part_count::double / nullif(whole_count, 0) as measured
from shares
where whole_count > 0

union all

select
    month_on,
    want,
    measure,
    unit,
    row_count,
    measured
from service_months
