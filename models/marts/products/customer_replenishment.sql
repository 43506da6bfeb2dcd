with purchases as (

    select * from {{ ref('replenishment_gaps') }}

),

product_replenishment as (

    select * from {{ ref('product_replenishment') }}

),

product_prices as (

    select * from {{ ref('product_prices') }}

),

subscribed_products as (

    select * from {{ ref('subscribed_products') }}

),

-- who sent the last one back does not run out of it
returns as (

    select
        customer_id,
        product_id,
        max(ordered_on) as returned_order_on
    from {{ ref('order_item_facts') }}
    where is_valid
        and refunded_quantity > 0
        and kept_quantity = 0
    group by customer_id, product_id

),

rhythms as (

    select
        customer_id,
        product_id,
        count(*) as purchase_count,
        count(days_per_unit) as gap_count,
        cast(median(days_per_unit) as double) as median_days_per_unit,
        cast(sum(days_per_unit) as double) as sum_of_gaps,
        -- wider: the square of a thousand days does not fit into 18 digits
        cast(sum(
            cast(days_per_unit as decimal(38, 6)) * days_per_unit
        ) as double) as sum_of_squares,
        max_by(quantity, ordered_on) as last_quantity,
        max_by(coalesce(delivered_on, ordered_on), ordered_on) as last_arrived_on,
        max(ordered_on) as last_ordered_on
    from purchases
    group by customer_id, product_id
    having count(*) >= 2

),

-- pulled towards the rhythm of all buyers of the product, the more so the fewer gaps there are
intervals as (

    select
        rhythms.*,
        product_replenishment.basis,
        (
            rhythms.gap_count * rhythms.median_days_per_unit
            + {{ var('rhythm_prior_gaps') }} * product_replenishment.days_per_unit
        ) / (rhythms.gap_count + {{ var('rhythm_prior_gaps') }}) as days_per_unit,
        case
            when rhythms.gap_count > 1 then sqrt(greatest(0, (
                rhythms.sum_of_squares
                - rhythms.sum_of_gaps * rhythms.sum_of_gaps / rhythms.gap_count
            ) / (rhythms.gap_count - 1))) / (rhythms.sum_of_gaps / rhythms.gap_count)
        end as gap_variation
    from rhythms
    inner join product_replenishment on rhythms.product_id = product_replenishment.product_id

),

dues as (

    select
        *,
        cast(round(days_per_unit * last_quantity) as integer) as interval_days
    from intervals

)

select
    dues.customer_id,
    dues.product_id,
    dues.basis,
    case
        when dues.gap_variation <= {{ var('replenishment_max_variation') }} then 'high'
        else 'low'
    end as confidence,
    dues.purchase_count,
    dues.last_quantity,
    dues.days_per_unit,
    dues.gap_variation,
    dues.interval_days,
    subscribed_products.product_id is not null as has_subscription,
    coalesce(product_prices.is_offerable, false) as is_offerable,
    coalesce(returns.returned_order_on > dues.last_ordered_on, false) as is_last_returned,
    dues.last_ordered_on,
    dues.last_arrived_on,
    cast(dues.last_arrived_on + dues.interval_days * interval '1' day as date) as due_on
from dues
left join product_prices on dues.product_id = product_prices.product_id
left join subscribed_products
    on dues.customer_id = subscribed_products.customer_id
    and dues.product_id = subscribed_products.product_id
left join returns
    on dues.customer_id = returns.customer_id
    and dues.product_id = returns.product_id
