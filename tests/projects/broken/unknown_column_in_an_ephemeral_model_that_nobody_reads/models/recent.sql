{{ config(materialized='ephemeral') }}
select amuont from {{ ref('orders') }}
