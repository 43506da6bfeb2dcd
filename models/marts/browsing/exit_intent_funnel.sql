with exits as (

    select * from {{ ref('visitor_days') }}
    where exit_intent_shown_at is not null

),

carts as (

    select * from {{ ref('cart_activity') }}
    where anonymous_id is not null

),

cart_states as (

    select * from {{ ref('cart_states') }}

),

orders as (

    select * from {{ ref('order_facts') }}
    where is_valid

),

-- the cart at hand when the visitor turned to leave
carts_at_hand as (

    select
        exits.anonymous_id,
        exits.visited_on,
        exits.utc_on,
        carts.cart_id,
        carts.stage,
        row_number() over (
            partition by exits.anonymous_id, exits.visited_on, exits.utc_on
            order by carts.created_at desc, carts.cart_id
        ) as cart_rank
    from exits
    inner join carts
        on exits.anonymous_id = carts.anonymous_id
        and exits.exit_intent_shown_at >= carts.created_at
        and epoch(exits.exit_intent_shown_at) - epoch(carts.created_at)
        <= 3600 * {{ var('exit_intent_window_hours') }}

),

outcomes as (

    select
        {{ month_of('exits.visited_on') }} as month_on,
        coalesce(carts_at_hand.stage, 'no_cart') as stage,
        exits.exit_intent_accepted_at is not null as is_accepted,
        coalesce(
            orders.ordered_at > exits.exit_intent_shown_at
            and epoch(orders.ordered_at) - epoch(exits.exit_intent_shown_at)
            <= 3600 * {{ var('exit_intent_window_hours') }},
            false
        ) as is_purchased
    from exits
    left join carts_at_hand
        on exits.anonymous_id = carts_at_hand.anonymous_id
        and exits.visited_on = carts_at_hand.visited_on
        and exits.utc_on = carts_at_hand.utc_on
        and carts_at_hand.cart_rank = 1
    left join cart_states on carts_at_hand.cart_id = cart_states.cart_id
    left join orders on cart_states.order_id = orders.order_id

),

counts as (

    select
        month_on,
        stage,
        count(*) as shown_count,
        count(*) filter (where is_accepted) as accepted_count,
        count(*) filter (where is_accepted and is_purchased) as accepted_purchase_count,
        count(*) filter (where not is_accepted and is_purchased) as declined_purchase_count
    from outcomes
    group by month_on, stage

)

select
    month_on,
    stage,
    shown_count,
    accepted_count,
    accepted_purchase_count,
    declined_purchase_count,
    accepted_count::double / shown_count as acceptance_rate,
    accepted_purchase_count::double / nullif(accepted_count, 0) as accepted_purchase_rate,
    declined_purchase_count::double
        / nullif(shown_count - accepted_count, 0) as declined_purchase_rate
from counts
