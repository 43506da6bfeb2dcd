{% call statement('a') %}select 1{% endcall %}
select 1 as order_id
