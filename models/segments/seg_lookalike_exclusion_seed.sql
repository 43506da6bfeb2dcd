with customers as (

    select
        *,
        {{ returns_a_lot() }} as returns_a_lot,
        {{ buys_with_discounts() }} as buys_with_discounts
    from {{ ref('customer_360') }}
    where may_profile
        and may_ads
        and not is_invalid

),

given_up_customers as (

    select * from {{ ref('segment_primary') }}
    where segment = 'non_target'

),

signs as (

    select
        customers.customer_id,
        customers.predicted_clv,
        customers.refund_rate,
        customers.full_price_share,
        given_up_customers.customer_id is not null as is_given_up,
        customers.returns_a_lot,
        customers.buys_with_discounts
    from customers
    left join given_up_customers on customers.customer_id = given_up_customers.customer_id

)

select
    customer_id,
    1.0e0 as score,
    concat_ws(
        ',',
        case when is_given_up then 'given_up' end,
        case when returns_a_lot then 'returns_a_lot' end,
        case when buys_with_discounts then 'buys_with_discounts' end
    ) as reason,
    {{ as_of() }} as as_of,
    predicted_clv,
    refund_rate,
    full_price_share
from signs
where is_given_up
    or returns_a_lot
    or buys_with_discounts
