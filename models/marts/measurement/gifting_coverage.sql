with orders as (

    select
        order_id,
        coalesce(shipping_country_code, billing_country_code) as country_code
    from {{ ref('order_facts') }}
    where is_valid

),

calendar_countries as (

    select country_code from {{ ref('calendar_events') }}
    where audience_tag = 'gift_givers'
    group by country_code

)

select
    'holiday_calendars' as capability,
    count(*) as row_count,
    count(calendar_countries.country_code) as known_count
from orders
left join calendar_countries on orders.country_code = calendar_countries.country_code
