with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile

),

segment_primary as (

    select * from {{ ref('segment_primary') }}

),

-- everybody with the same answers is one row: few rows, however many people
cells as (

    select
        coalesce(segment_primary.segment, 'none') as segment,
        coalesce(customers.country_code, 'unknown') as country,
        coalesce(customers.acquisition_channel, 'unknown') as acquisition_channel,
        coalesce(customers.activity_state, 'never_bought') as activity,
        customers.rfm_label,
        coalesce(customers.loyalty_tier, 'none') as loyalty_tier,
        customers.engagement_tier,
        customers.gift_giver_status,
        count(*) as people,
        sum(coalesce(customers.net_revenue_365d, 0)) as net_revenue_365d,
        sum(coalesce(customers.margin_365d, 0)) as margin_365d
    from customers
    left join segment_primary on customers.customer_id = segment_primary.customer_id
    group by
        coalesce(segment_primary.segment, 'none'),
        coalesce(customers.country_code, 'unknown'),
        coalesce(customers.acquisition_channel, 'unknown'),
        coalesce(customers.activity_state, 'never_bought'),
        customers.rfm_label,
        coalesce(customers.loyalty_tier, 'none'),
        customers.engagement_tier,
        customers.gift_giver_status

),

keyed_cells as (

    select
        *,
        md5(concat_ws(
            '|', segment, country, acquisition_channel, activity, rfm_label, loyalty_tier,
            engagement_tier, gift_giver_status
        )) as cell
    from cells

),

answers as (

    select cell, 'segment' as dimension, segment as answer from keyed_cells
    union all
    select cell, 'country' as dimension, country as answer from keyed_cells
    union all
    select cell, 'channel' as dimension, acquisition_channel as answer from keyed_cells
    union all
    select cell, 'activity' as dimension, activity as answer from keyed_cells
    union all
    select cell, 'rfm' as dimension, rfm_label as answer from keyed_cells
    union all
    select cell, 'loyalty_tier' as dimension, loyalty_tier as answer from keyed_cells
    union all
    select cell, 'engagement' as dimension, engagement_tier as answer from keyed_cells
    union all
    select cell, 'gifts' as dimension, gift_giver_status as answer from keyed_cells

)

select
    answers.dimension,
    answers.answer,
    other.dimension as other_dimension,
    other.answer as other_answer,
    cast(sum(keyed_cells.people) as bigint) as people,
    sum(keyed_cells.net_revenue_365d) as net_revenue_365d,
    sum(keyed_cells.margin_365d) as margin_365d
from answers
inner join answers as other
    on answers.cell = other.cell
    and answers.dimension < other.dimension
inner join keyed_cells on answers.cell = keyed_cells.cell
group by answers.dimension, answers.answer, other.dimension, other.answer
