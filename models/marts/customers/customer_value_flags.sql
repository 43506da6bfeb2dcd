with customer_value as (

    select * from {{ ref('customer_value') }}

),

store_value as (

    select median(aov) as median_aov from customer_value

),

measures as (

    select
        customer_value.*,
        coalesce(nullif({{ var('value_min_aov_amount') }}, 0), store_value.median_aov) as min_aov,
        cast(customer_value.net_revenue_180d as double)
            / nullif(cast(customer_value.net_revenue_prior_180d as double), 0) as spend_ratio,
        percent_rank() over (order by customer_value.historic_clv) as clv_rank
    from customer_value
    cross join store_value

),

flags as (

    select
        customer_id,
        spend_ratio,
        -- an assumed margin says nothing about this customer: the order value alone decides then
        coalesce(
            aov >= min_aov
            and (
                margin_basis = 'assumed'
                or gross_margin_rate >= {{ var('required_gross_margin_share') }}
            ),
            false
        ) as is_high_value,
        clv_rank >= 1 - {{ var('top_clv_share') }} and historic_clv > 0 as is_top_clv_quintile,
        coalesce(
            net_revenue_prior_180d > 0 and spend_ratio < {{ var('spend_drop_ratio') }}, false
        ) as has_spend_drop,
        case margin_basis
            when 'assumed' then 'order_value'
            else 'order_value_and_margin'
        end as high_value_basis
    from measures

)

select
    customer_id,
    high_value_basis,
    spend_ratio,
    is_high_value,
    is_top_clv_quintile,
    has_spend_drop
from flags
