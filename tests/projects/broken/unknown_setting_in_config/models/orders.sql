select 1 as order_id
{{ config(materialised='table') }}
