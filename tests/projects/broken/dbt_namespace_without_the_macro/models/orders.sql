select
    1 as order_id,
    {{ dbt.current_timestamp() }} as built_at
