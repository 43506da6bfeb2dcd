{% snapshot orders_snapshot %}
select 1 as order_id
{% endsnapshot %}
