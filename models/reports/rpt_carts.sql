with carts as (

    select
        *,
        {{ month_of(local_date('last_activity_at')) }} as month_on
    from {{ ref('cart_states') }}
    where state <> 'open'
        and cart_value > 0

),

counts as (

    select
        month_on,
        count(*) as cart_count,
        count(*) filter (where state = 'completed') as completed_count,
        count(*) filter (where state = 'recovered') as recovered_count,
        count(*) filter (where state in ('abandoned', 'expired')) as lost_count,
        count(*) filter (where is_counted) as counted_abandonments,
        count(*) filter (where state <> 'completed' and stage = 'cart') as left_at_cart,
        count(*) filter (where state <> 'completed' and stage = 'checkout_started')
            as left_at_checkout_started,
        count(*) filter (where state <> 'completed' and stage = 'contact') as left_at_contact,
        count(*) filter (where state <> 'completed' and stage = 'shipping') as left_at_shipping,
        count(*) filter (where state <> 'completed' and stage = 'payment') as left_at_payment,
        count(*) filter (where shipping_shock) as shipping_shock_count
    from carts
    group by month_on

)

select
    *,
    (lost_count + recovered_count)::double / cart_count as abandonment_rate,
    lost_count::double / cart_count as loss_rate,
    recovered_count::double / nullif(lost_count + recovered_count, 0) as recovery_rate
from counts
