with carts as (

    select * from {{ ref('rpt_carts') }}
    where date_diff('day', month_on, {{ as_of_on() }}) <= {{ var('reference_window_days') }}

),

subscribers as (

    select * from {{ ref('rpt_subscribers') }}
    where date_diff('day', month_on, {{ as_of_on() }}) <= {{ var('reference_window_days') }}

),

published_references as (

    select * from {{ ref('published_references') }}

),

own_shares as (

    select
        'cart_abandonment' as measure,
        sum(cart_count) as row_count,
        sum(lost_count + recovered_count)::double / nullif(sum(cart_count), 0) as own_share
    from carts

    union all

    select
        'visitors_who_subscribe' as measure,
        sum(new_visitor_count) as row_count,
        sum(subscribed_visitor_count)::double / nullif(sum(new_visitor_count), 0) as own_share
    from subscribers

    union all

    select
        'subscribers_without_purchase' as measure,
        sum(subscriber_count) as row_count,
        sum(never_bought_count)::double / nullif(sum(subscriber_count), 0) as own_share
    from subscribers

)

select
    published_references.measure,
    published_references.reference_order,
    cast(coalesce(own_shares.row_count, 0) as bigint) as row_count,
    own_shares.own_share,
    cast(published_references.reference_share as double) as reference_share,
    published_references.source
from published_references
left join own_shares on published_references.measure = own_shares.measure
