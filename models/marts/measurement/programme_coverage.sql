with ad_spend as (

    select * from {{ ref('stg_ad_spend') }}

),

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

coupon_redemptions as (

    select * from {{ ref('stg_coupon_redemptions') }}

),

loyalty_members as (

    select * from {{ ref('stg_loyalty_members') }}

),

loyalty_ledger as (

    select * from {{ ref('stg_loyalty_ledger') }}

),

referrals as (

    select * from {{ ref('stg_referrals') }}

),

subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

)

select
    'ad_spend' as capability,
    count(*) as row_count,
    count(*) as known_count
from ad_spend

union all

select
    'campaigns' as capability,
    count(*) as row_count,
    count(*) as known_count
from campaigns

union all

select
    'coupon_redemptions' as capability,
    count(*) as row_count,
    count(*) as known_count
from coupon_redemptions

union all

select
    'loyalty' as capability,
    count(*) as row_count,
    count(*) as known_count
from loyalty_members

union all

select
    'points' as capability,
    count(*) as row_count,
    count(*) as known_count
from loyalty_ledger

union all

select
    'referrals' as capability,
    count(*) as row_count,
    count(*) as known_count
from referrals

union all

select
    'subscriptions' as capability,
    count(*) as row_count,
    count(*) as known_count
from subscriptions
