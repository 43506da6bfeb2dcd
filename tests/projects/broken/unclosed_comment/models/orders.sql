select 1 as order_id
{# the rest is for later
, 2 as amount
