with payments as (

    select * from {{ ref('stg_payments') }}
    where status = 'success' and kind in ('sale', 'capture')

)

select
    order_id,
    sum(fee_amount) as fee_amount,
    -- one fee unknown, and the sum of the others is not the order's fee
    count(*) = count(fee_amount) as is_fee_known,
    sum(case when method = 'gift_card' then amount else 0 end) as gift_card_amount
from payments
where order_id is not null
group by order_id
