-- a habit from elsewhere
create table orders as select 1 as order_id
