with order_customers as (

    select * from {{ ref('order_customers') }}
    where customer_id is not null

),

orders as (

    select * from {{ ref('stg_orders') }}

),

customer_orders as (

    select
        order_customers.customer_id,
        orders.email_key,
        orders.phone_key,
        orders.billing_address_key,
        orders.billing_last_name_key,
        coalesce(orders.billing_country_code, orders.shipping_country_code) as country_code,
        case
            when orders.billing_country_code is not null then orders.billing_region_code
            else orders.shipping_region_code
        end as region_code,
        orders.financial_status in ('paid', 'partially_refunded', 'refunded')
            and not order_customers.is_test as is_purchase,
        orders.ordered_at,
        row_number() over (
            partition by order_customers.customer_id
            order by orders.ordered_at desc, orders.order_id desc
        ) as order_rank
    from order_customers
    inner join orders on order_customers.order_id = orders.order_id

)

select
    customer_id,
    min_by(country_code, order_rank) filter (where country_code is not null) as country_code,
    nullif(
        min_by(coalesce(region_code, ''), order_rank) filter (where country_code is not null), ''
    ) as region_code,
    bool_or(email_key is not null) as has_email,
    bool_or(phone_key is not null) as has_phone,
    bool_or(billing_last_name_key is not null) as has_name,
    -- never where the parcel went: that may be somebody else's home
    bool_or(billing_address_key is not null) as has_postal_address,
    bool_or(is_purchase) as has_bought,
    min(ordered_at) as first_ordered_at
from customer_orders
group by customer_id
