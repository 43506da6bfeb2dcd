{% snapshot orders_snapshot %}
{{ config(strategy='check', unique_key='order_id', check_cols='all') }}
select
    order_id,
    amout
from {{ ref('orders') }}
{% endsnapshot %}
