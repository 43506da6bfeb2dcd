{{ config(pre_hook='delete from audit') }}
select 1 as order_id
