with owners as (
    select * from {{ ref('stg_owners') }}
),

repairs as (
    select bikes.owner_id, repairs.*
    from {{ ref('stg_repairs') }} as repairs
    inner join {{ ref('stg_bikes') }} as bikes on repairs.bike_id = bikes.bike_id
),

counted as (
    select
        owner_id,
        count(*) as repair_count,
        {% for state in ['open', 'done', 'cancelled'] -%}
        {{ count_where("state = '" ~ state ~ "'") }} as {{ state }}_count{{ "," if not loop.last }}
        {% endfor %}
    from repairs
    group by owner_id
)

select
    owners.owner_id,
    owners.full_name,
    {{ dbt.concat(["owners.first_name", "' of '", "owners.town_or_default"]) }} as label,
    {{ dbt.hash('owners.owner_id') }} as owner_hash,
    coalesce(counted.repair_count, 0) as repair_count,
    coalesce(counted.open_count, 0) as open_count,
    coalesce(counted.done_count, 0) as done_count,
    coalesce(counted.cancelled_count, 0) as cancelled_count,
    '{{ target.schema }}' as built_in,
    {{ '1' if execute else '0' }} as is_executed
from owners
left join counted on owners.owner_id = counted.owner_id
