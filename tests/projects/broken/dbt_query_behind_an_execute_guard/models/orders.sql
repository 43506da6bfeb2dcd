{% if execute %}
    {% set found = run_query('select 1 as order_id') %}
{% endif %}
select 1 as order_id
