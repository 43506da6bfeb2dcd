with carts as (

    select * from {{ ref('stg_carts') }}

),

visitor_days as (

    select * from {{ ref('visitor_days') }}

),

message_days as (

    select * from {{ ref('account_message_days') }}

),

support_tickets as (

    select * from {{ ref('stg_support_tickets') }}

),

survey_responses as (

    select * from {{ ref('stg_survey_responses') }}

),

cart_counts as (

    select
        count(*) as row_count,
        count(shipping_quote) as shipping_quotes_count
    from carts

)

select
    'carts' as capability,
    row_count,
    row_count as known_count
from cart_counts

union all

select
    'shipping_quotes' as capability,
    row_count,
    shipping_quotes_count as known_count
from cart_counts

union all

select
    'web_events' as capability,
    coalesce(cast(sum(event_count) as bigint), 0) as row_count,
    coalesce(cast(sum(event_count) as bigint), 0) as known_count
from visitor_days

union all

select
    'exit_intents' as capability,
    count(*) as row_count,
    count(exit_intent_shown_at) as known_count
from visitor_days

union all

select
    'visit_sources' as capability,
    count(*) as row_count,
    count(utm_medium) as known_count
from visitor_days

union all

select
    'message_events' as capability,
    coalesce(cast(sum(event_count) as bigint), 0) as row_count,
    coalesce(cast(sum(event_count) as bigint), 0) as known_count
from message_days

union all

select
    'support_tickets' as capability,
    count(*) as row_count,
    count(*) as known_count
from support_tickets

union all

select
    'surveys' as capability,
    count(*) as row_count,
    count(*) as known_count
from survey_responses
