select 1 as order_id;

select 2 as order_id
