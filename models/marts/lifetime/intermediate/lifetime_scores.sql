with purchase_samples as (

    select
        *,
        recency_days / 7e0 as t_x,
        age_days / 7e0 as t
    from {{ ref('purchase_samples') }}

),

lifetime_models as (

    select * from {{ ref('lifetime_models') }}
    where purchase_state = 'usable'

),

expected_purchases as (

    select * from {{ ref('expected_purchases') }}

),

chances as (

    select
        purchase_samples.*,
        lifetime_models.r,
        lifetime_models.alpha,
        {{ bg_nbd_p_alive('repeat_count', 't_x', 't') }} as p_alive,
        case
            when lifetime_models.spend_state = 'usable' then
                lifetime_models.p
                * (
                    lifetime_models.v
                    + repeat_count * greatest(0, coalesce(cast(mean_repeat_value as double), 0))
                ) / (lifetime_models.p * repeat_count + lifetime_models.q - 1)
        end as expected_order_value
    from purchase_samples
    inner join lifetime_models on purchase_samples.sample = lifetime_models.sample

)

select
    chances.sample,
    chances.customer_id,
    chances.repeat_count,
    chances.p_alive,
    chances.p_alive * expected_purchases.orders_90d as expected_orders_90d,
    chances.p_alive * expected_purchases.orders_holdout as expected_orders_holdout,
    chances.p_alive * expected_purchases.orders_horizon as expected_orders_365d,
    chances.p_alive * expected_purchases.discounted_orders_horizon as discounted_orders_365d,
    chances.expected_order_value,
    -- an order by then is as likely as not; whoever is gone with even odds never gets there
    case
        when chances.p_alive > 0.5e0 then
            7 * (chances.alpha + chances.t)
            * (pow(1 - 0.5e0 / chances.p_alive, -1 / (chances.r + chances.repeat_count)) - 1)
    end as days_to_likely_order
from chances
inner join expected_purchases
    on chances.sample = expected_purchases.sample
    and chances.repeat_count = expected_purchases.repeat_count
    and chances.age_days = expected_purchases.age_days
