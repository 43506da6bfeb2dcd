{{ config(materialized='table') }}
select 1 as order_id, '12,50' as amount
