with lines as (

    select * from {{ ref('online_retail_lines') }}
    where customer_id is not null

),

countries as (

    select * from {{ ref('online_retail_countries') }}

),

newest_line_first as (

    select
        customer_id,
        country,
        min(invoiced_at) over (partition by customer_id) as first_invoiced_at,
        row_number() over (
            partition by customer_id
            order by invoiced_at desc, line_id desc
        ) as line_rank
    from lines

)

select
    newest_line_first.customer_id,
    cast(null as varchar) as email,
    cast(null as boolean) as email_verified,
    cast(null as varchar) as phone,
    cast(null as varchar) as first_name,
    cast(null as varchar) as middle_name,
    cast(null as varchar) as last_name,
    cast(null as varchar) as gender,
    cast(null as date) as birth_date,
    cast(null as integer) as birth_month,
    cast(null as integer) as birth_day,
    countries.country_code,
    cast(null as varchar) as region_code,
    cast(null as varchar) as city,
    cast(null as varchar) as postal_code,
    cast(null as varchar) as time_zone,
    cast(null as varchar) as locale,
    newest_line_first.first_invoiced_at as created_at,
    cast('enabled' as varchar) as account_state,
    cast(null as varchar) as acquisition_channel,
    cast(null as varchar) as acquisition_campaign,
    cast(null as varchar) as tags,
    false as is_test,
    cast(null as timestamp) as deleted_at,
    cast(null as timestamp) as _loaded_at
from newest_line_first
left join countries
    on newest_line_first.country = countries.country
where newest_line_first.line_rank = 1
