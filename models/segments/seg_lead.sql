with members as (

    select * from {{ ref('segment_primary') }}
    where segment = 'lead'

),

customers as (

    select * from {{ ref('customer_360') }}

),

declarations as (

    select * from {{ ref('customer_declarations') }}
    where question_key = 'reward_preference'

)

select
    members.customer_id,
    members.score,
    members.reason,
    members.as_of,
    members.sub_state,
    customers.acquisition_channel,
    -- what they told us they like; a code where they told nothing
    case declarations.answer when 'free_shipping' then 'free_shipping' else 'code' end
        as welcome_offer,
    customers.engagement_tier,
    customers.top_viewed_category,
    greatest(
        0,
        {{ var('welcome_window_hours') }}
        - (epoch({{ as_of() }}) - epoch(customers.signed_up_at)) / 3600
    ) as welcome_hours_left,
    customers.days_since_signed_up,
    customers.signed_up_at
from members
inner join customers on members.customer_id = customers.customer_id
left join declarations on members.customer_id = declarations.customer_id
