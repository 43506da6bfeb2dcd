select ';' as separator -- not this; nor this
;
select 2 as order_id
