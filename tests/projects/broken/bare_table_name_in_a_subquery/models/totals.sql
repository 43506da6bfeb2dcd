select 1 as total
where 1 in (
    select order_id from "Orders"
)
