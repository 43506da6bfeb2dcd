with accounts as (

    select * from {{ ref('stg_customers') }}

),

account_sources as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

addresses as (

    select * from {{ ref('stg_customer_addresses') }}
    -- nobody lives at a pick-up point
    where address_key is not null and not is_pickup_point

),

posted_accounts as (

    select customer_id as account_id
    from addresses
    group by customer_id

),

-- the account that gave the person its id speaks first, then the older ones
ranked_accounts as (

    select
        account_sources.customer_id,
        accounts.email_key,
        accounts.phone_key,
        accounts.name_key,
        accounts.country_code,
        accounts.region_code,
        accounts.time_zone,
        accounts.locale,
        accounts.gender,
        accounts.birth_month,
        accounts.birth_day,
        accounts.acquisition_channel,
        accounts.acquisition_campaign,
        posted_accounts.account_id is not null as has_postal_address,
        coalesce(accounts.is_minor, false) as is_minor,
        account_sources.is_test,
        account_sources.first_seen_at,
        -- lint: allow tie: a source_id is unique among accounts
        row_number() over (
            partition by account_sources.customer_id
            order by
                account_sources.source_id = account_sources.customer_id desc,
                account_sources.first_seen_at nulls last,
                account_sources.source_id
        ) as account_rank
    from account_sources
    left join accounts on account_sources.source_id = accounts.customer_id
    left join posted_accounts on account_sources.source_id = posted_accounts.account_id

)

select
    customer_id,
    min_by(country_code, account_rank) filter (where country_code is not null) as country_code,
    -- a region belongs to its country, a day to its month: never put together from two accounts
    nullif(
        min_by(coalesce(region_code, ''), account_rank) filter (where country_code is not null), ''
    ) as region_code,
    min_by(time_zone, account_rank) filter (where time_zone is not null) as time_zone,
    min_by(locale, account_rank) filter (where locale is not null) as locale,
    min_by(gender, account_rank) filter (where gender is not null) as gender,
    min_by(acquisition_channel, account_rank) filter (
        where acquisition_channel is not null
    ) as acquisition_channel,
    nullif(
        min_by(coalesce(acquisition_campaign, ''), account_rank) filter (
            where acquisition_channel is not null
        ),
        ''
    ) as acquisition_campaign,
    min_by(birth_month, account_rank) filter (where birth_month is not null) as birth_month,
    nullif(
        min_by(coalesce(birth_day, 0), account_rank) filter (where birth_month is not null), 0
    ) as birth_day,
    count(*) as account_count,
    bool_or(is_test) as is_test,
    bool_or(is_minor) as is_minor,
    bool_or(email_key is not null) as has_email,
    bool_or(phone_key is not null) as has_phone,
    bool_or(name_key is not null) as has_name,
    bool_or(has_postal_address) as has_postal_address,
    min(first_seen_at) as first_seen_at
from ranked_accounts
group by customer_id
