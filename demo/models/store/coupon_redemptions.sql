-- The canonical redemptions: the codes that gave discounts, and the attempts that failed. One row
-- per redemption_id.
with order_heads as (

    select * from {{ ref('order_heads') }}

),

order_money as (

    select order_key, discount_total from {{ ref('order_money') }}

),

people as (

    select customer_number, customer_id, person_kind from {{ ref('people') }}

),

attempts as (

    select
        order_heads.order_key,
        case when people.person_kind <> 'guest' then people.customer_id end as customer_id,
        order_heads.ordered_at,
        order_heads.discount_share,
        order_money.discount_total,
        {{ discount_code('order_heads') }} as code
    from order_heads
    inner join order_money on order_heads.order_key = order_money.order_key
    inner join people on order_heads.customer_number = people.customer_number

)

select
    'RD' || order_key as redemption_id,
    code,
    customer_id,
    'O' || order_key as order_id,
    ordered_at - interval 30 second as attempted_at,
    'success' as result,
    cast(null as varchar) as failure_code,
    discount_total as discount_amount,
    {{ loaded_after('ordered_at') }} as _loaded_at
from attempts
where discount_total > 0

union all

select
    'RX' || order_key,
    list_value('SPRING24', 'SAVE25', 'SAVE10', 'SAV10')[1
        + {{ pick('order_key', 'failed_code', 4) }}],
    customer_id,
    null,
    ordered_at - interval 4 minute,
    'failure',
    case {{ pick('order_key', 'failed_code', 4) }}
        when 0
            then list_value('voucher_expired', 'voucher_disabled')[1
                + {{ pick('order_key', 'failure', 2) }}]
        when 3 then 'resource_not_found'
        else list_value('quantity_exceeded', 'order_rules_violated', 'customer_rules_violated',
            'voucher_not_active',
            'invalid_amount')[1 + {{ pick('order_key', 'failure', 5) }}]
    end,
    {{ money('0') }},
    {{ loaded_after('ordered_at') }}
from attempts
where {{ chance('order_key', 'coupon_fails', 0.035) }}

union all

-- a redemption taken back with its cancelled order
select
    'RB' || attempts.order_key,
    attempts.code,
    attempts.customer_id,
    'O' || attempts.order_key,
    attempts.ordered_at + interval 1 day,
    'rollback',
    null,
    attempts.discount_total,
    {{ loaded_after('attempts.ordered_at') }}
from attempts
inner join order_heads on attempts.order_key = order_heads.order_key
where
    attempts.discount_total > 0
    and order_heads.cancel_reason is not null
    and attempts.ordered_at < {{ closes_at() }} - interval 1 day
