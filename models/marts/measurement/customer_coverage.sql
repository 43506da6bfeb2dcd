with customers as (

    select * from {{ ref('stg_customers') }}

),

customer_addresses as (

    select * from {{ ref('stg_customer_addresses') }}

),

identity_links as (

    select * from {{ ref('stg_identity_links') }}

),

consents as (

    select * from {{ ref('stg_consents') }}

),

customer_counts as (

    select
        count(*) as row_count,
        count(email_key) as emails_count,
        count(phone_key) as phones_count,
        count(gender) as genders_count,
        count(birth_month) as birthdays_count,
        count(country_code) as countries_count,
        count(time_zone) as time_zones_count,
        count(acquisition_channel) as acquisition_channels_count
    from customers

)

select
    'emails' as capability,
    row_count,
    emails_count as known_count
from customer_counts

union all

select
    'phones' as capability,
    row_count,
    phones_count as known_count
from customer_counts

union all

select
    'genders' as capability,
    row_count,
    genders_count as known_count
from customer_counts

union all

select
    'birthdays' as capability,
    row_count,
    birthdays_count as known_count
from customer_counts

union all

select
    'countries' as capability,
    row_count,
    countries_count as known_count
from customer_counts

union all

select
    'time_zones' as capability,
    row_count,
    time_zones_count as known_count
from customer_counts

union all

select
    'acquisition_channels' as capability,
    row_count,
    acquisition_channels_count as known_count
from customer_counts

union all

select
    'address_books' as capability,
    count(*) as row_count,
    count(*) as known_count
from customer_addresses

union all

select
    'identity_links' as capability,
    count(*) as row_count,
    count(*) as known_count
from identity_links

union all

select
    'consents' as capability,
    count(*) as row_count,
    count(*) as known_count
from consents
