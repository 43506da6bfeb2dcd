{{ config(
    materialized = 'table',
    tags = ['repairs', 'hourly'],
    meta = {'owner': 'desk'}
) }}

with source as (

    select * from {{ source('desk', 'repairs') }}

    {% if is_incremental() %}
    where opened_at > (select max(opened_at) from {{ this }})
    {% endif %}

)

select
    repair_id,
    bike_id,
    state,
    tags as tag_list,
    opened_at,
    closed_at,
    {{ dbt.date_trunc('month', 'opened_at') }} as opened_month,
    {{ dbt.datediff('opened_at', 'closed_at', 'hour') }} as hours_taken,
    {{ datediff('opened_at', 'closed_at', 'week') }} as weeks_taken,
    {{ dbt.dateadd(datepart='day', interval=14, from_date_or_timestamp='opened_at') }} as promised_at,
    {{ dateadd('quarter', 1, 'opened_at') }} as warranty_until,
    {{ dbt.last_day('opened_at', 'month') }} as month_end,
    {{ dbt.safe_cast('bike_id', dbt.type_string()) }} as bike_code
from source
{% if target.name != 'prod' -%}
where opened_at < '2025-04-01'
{%- endif %}
