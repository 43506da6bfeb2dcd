{{ config(materialized='ephemeral') }}
select
    order_id,
    amuont
from {{ ref('orders') }}
