with customers as (

    select * from {{ ref('customers') }}

),

permissions as (

    select * from {{ ref('customer_permissions') }}

),

consents as (

    select * from {{ ref('customer_consents') }}
    where is_granted
        and purpose = 'marketing'
        and channel in ('push', 'whatsapp')

),

message_days as (

    select * from {{ ref('message_days') }}

),

-- an address and a yes to it
open_channels as (

    select customer_id, 'email' as channel from permissions where may_email
    union all
    select customer_id, 'sms' as channel from permissions where may_sms
    union all
    select customer_id, 'postal' as channel from permissions where may_post
    union all
    select
        consents.customer_id,
        consents.channel
    from consents
    inner join customers on consents.customer_id = customers.customer_id
    where consents.channel = 'push'
        or customers.has_phone

),

own_responses as (

    select
        customer_id,
        channel,
        sum(delivered_count) as delivered_count,
        sum(clicked_count) as clicked_count
    from message_days
    group by customer_id, channel

),

store_responses as (

    select
        channel,
        sum(clicked_count)::double / nullif(sum(delivered_count), 0) as click_rate
    from own_responses
    group by channel

),

-- few messages say little: the rate is pulled towards everybody's
channel_responses as (

    select
        open_channels.customer_id,
        open_channels.channel,
        (
            coalesce(own_responses.clicked_count, 0)
            + {{ var('response_prior_messages') }} * coalesce(store_responses.click_rate, 0)
        ) / (
            coalesce(own_responses.delivered_count, 0) + {{ var('response_prior_messages') }}
        ) as click_rate
    from open_channels
    left join own_responses
        on open_channels.customer_id = own_responses.customer_id
        and open_channels.channel = own_responses.channel
    left join store_responses on open_channels.channel = store_responses.channel

),

ranked_channels as (

    select
        *,
        count(*) over (partition by customer_id) as channel_count,
        row_number() over (
            partition by customer_id order by click_rate desc, channel
        ) as channel_rank
    from channel_responses

)

select
    customers.customer_id,
    ranked_channels.channel as best_channel,
    ranked_channels.click_rate as best_channel_click_rate,
    coalesce(ranked_channels.channel_count, 0) as reachable_channel_count,
    customers.has_email,
    customers.has_phone
from customers
left join ranked_channels
    on customers.customer_id = ranked_channels.customer_id
    and ranked_channels.channel_rank = 1
