with customers as (

    select * from {{ ref('customers') }}

),

time_zones as (

    select time_zone
    from {{ ref('country_time_zones') }}
    group by time_zone

),

orders as (

    select * from {{ ref('order_facts') }}
    where customer_id is not null
        and is_valid

),

order_dates as (

    select
        customer_id,
        -- where the last parcel went says more than an old profile
        max_by(shipping_country_code, (ordered_at, order_id)) filter (
            where shipping_country_code is not null
        ) as shipping_country_code,
        min(ordered_on) as first_ordered_on
    from orders
    group by customer_id

),

days as (

    select
        customers.customer_id,
        customers.is_minor,
        coalesce(order_dates.shipping_country_code, customers.country_code) as country_code,
        -- a zone that nobody knows is none: the store's day stands in
        case
            when time_zones.time_zone is not null
                then cast(timezone(time_zones.time_zone, timezone('UTC', {{ as_of() }})) as date)
            else {{ as_of_on() }}
        end as local_on,
        case '{{ var("store_anniversary_of") }}'
            when 'account' then customers.created_on
            else order_dates.first_ordered_on
        end as anniversary_of_on,
        -- any leap year will do: a birthday has no year here
        case
            when customers.birth_month between 1 and 12 and customers.birth_day between 1 and 31
                then cast(
                    make_date(2024, customers.birth_month, 1)
                    + to_days(customers.birth_day - 1) as date
                )
        end as birthday_on
    from customers
    left join order_dates on customers.customer_id = order_dates.customer_id
    left join time_zones on customers.time_zone = time_zones.time_zone

)

select
    customer_id,
    country_code,
    date_part('year', {{ next_yearly('anniversary_of_on', 'local_on') }})
        - date_part('year', anniversary_of_on) as anniversary_years,
    is_minor,
    local_on,
    {{ next_yearly('birthday_on', 'local_on') }} as next_birthday_on,
    {{ next_yearly('anniversary_of_on', 'local_on') }} as next_anniversary_on
from days
