{% set found = run_query('select 1') %}
select 1 as order_id
