select {{ dbt_utils.generate_surrogate_key(['a']) }} as order_id
