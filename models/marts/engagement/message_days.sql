with account_message_days as (

    select * from {{ ref('account_message_days') }}

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

)

select
    accounts.customer_id,
    account_message_days.channel,
    account_message_days.event_on,
    cast(sum(account_message_days.sent_count) as bigint) as sent_count,
    cast(sum(account_message_days.delivered_count) as bigint) as delivered_count,
    cast(sum(account_message_days.opened_count) as bigint) as opened_count,
    cast(sum(account_message_days.clicked_count) as bigint) as clicked_count,
    min(account_message_days.first_sent_at) as first_sent_at,
    max(account_message_days.last_open_at) as last_open_at,
    max(account_message_days.last_click_at) as last_click_at
from account_message_days
inner join accounts on account_message_days.account_id = accounts.source_id
group by accounts.customer_id, account_message_days.channel, account_message_days.event_on
