with customer_value as (

    select * from {{ ref('customer_value') }}

),

lifetime_scores as (

    select * from {{ ref('lifetime_scores') }}
    where sample = 'all'

),

lifetime_models as (

    select * from {{ ref('lifetime_models') }}
    where sample = 'all'

),

first_orders as (

    select
        customer_id,
        margin as first_order_margin
    from {{ ref('order_facts') }}
    where is_first_order

),

store_value as (

    select
        cast(sum(margin) as double) / nullif(cast(sum(net_revenue) as double), 0) as margin_rate
    from customer_value

),

predictions as (

    select
        customer_value.customer_id,
        customer_value.margin_365d,
        customer_value.historic_clv,
        first_orders.first_order_margin,
        case when lifetime_scores.repeat_count > 0 then lifetime_scores.p_alive end as p_alive,
        lifetime_scores.expected_orders_90d,
        lifetime_scores.expected_orders_365d,
        lifetime_scores.expected_order_value,
        {{ money("lifetime_scores.discounted_orders_365d * lifetime_scores.expected_order_value
            * least(1, greatest(0, coalesce(
                customer_value.gross_margin_rate, store_value.margin_rate
            )))") }} as modelled_clv,
        case
            when lifetime_scores.days_to_likely_order <= {{ var('clv_horizon_days') }}
                then cast(ceil(lifetime_scores.days_to_likely_order) as integer)
        end as days_to_likely_order,
        lifetime_models.model_version
    from customer_value
    cross join store_value
    left join lifetime_scores on customer_value.customer_id = lifetime_scores.customer_id
    left join first_orders on customer_value.customer_id = first_orders.customer_id
    left join lifetime_models on lifetime_scores.sample = lifetime_models.sample

)

select
    customer_id,
    case
        when modelled_clv is not null then 'bg_nbd_gamma_gamma'
        else 'margin_365d'
    end as predicted_clv_basis,
    model_version,
    p_alive,
    expected_orders_90d,
    expected_orders_365d,
    expected_order_value,
    coalesce(modelled_clv, margin_365d) as predicted_clv,
    historic_clv,
    first_order_margin,
    cast(historic_clv as double)
        / nullif(greatest(cast(first_order_margin as double), 0), 0) as clv_to_first_margin,
    cast(
        {{ as_of_on() }} + days_to_likely_order * interval '1' day as date
    ) as next_order_likely_on
from predictions
