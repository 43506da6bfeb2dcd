with givers as (

    select customer_id, gift_order_count from {{ ref('gift_givers') }}
    where gift_giver_status in ('known', 'suspected')

),

orders as (

    select * from {{ ref('order_facts') }}
    where customer_id is not null
        and is_valid

),

gift_occasions as (

    select * from {{ ref('gift_order_occasions') }}

),

-- a gift whose occasion we know is remembered then, or never, where it was a sad or single one
remembered_orders as (

    select
        orders.customer_id,
        orders.order_id,
        orders.ordered_on,
        orders.ordered_at,
        case
            when gift_occasions.order_id is not null then 'last_gift'
            when not orders.is_fully_refunded then 'last_order'
            else 'first_order'
        end as base_basis
    from orders
    inner join givers on orders.customer_id = givers.customer_id
    left join gift_occasions on orders.order_id = gift_occasions.order_id
    where
        case
            when gift_occasions.order_id is not null
                then gift_occasions.occasion is null and not orders.is_fully_refunded
            -- other orders stand in where no gift is known, only the habit
            else givers.gift_order_count = 0
        end

),

ranked_orders as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by
                case base_basis when 'last_gift' then 1 when 'last_order' then 2 else 3 end,
                case when base_basis <> 'first_order' then ordered_at end desc,
                ordered_at,
                order_id desc
        ) as choice_rank
    from remembered_orders

),

last_orders as (

    select
        customer_id,
        max(ordered_on) as last_ordered_on
    from orders
    group by customer_id

),

anniversaries as (

    select
        ranked_orders.customer_id,
        ranked_orders.order_id as base_order_id,
        ranked_orders.base_basis,
        ranked_orders.ordered_on as base_on,
        {{ years_to_next('ranked_orders.ordered_on') }} as years,
        date_diff('day', last_orders.last_ordered_on, {{ as_of_on() }})
        <= {{ var('anniversary_quiet_days') }} as is_quiet
    from ranked_orders
    inner join last_orders on ranked_orders.customer_id = last_orders.customer_id
    where ranked_orders.choice_rank = 1

),

sendings as (

    select
        *,
        {{ years_later('base_on', 'years') }} as anniversary_on
    from anniversaries

)

select
    customer_id,
    base_order_id,
    base_basis,
    cast(years as integer) as years,
    is_quiet,
    {{ is_due(days_before('anniversary_on', var('anniversary_lead_days'))) }} as is_due,
    base_on,
    anniversary_on,
    {{ days_before('anniversary_on', var('anniversary_lead_days')) }} as send_on
from sendings
