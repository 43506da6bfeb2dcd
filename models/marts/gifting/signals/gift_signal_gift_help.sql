with candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}

),

customers as (

    select * from {{ ref('customers') }}
    where not is_test

),

account_owners as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

tickets as (

    select
        ticket_id,
        customer_id as account_id,
        order_id,
        topic,
        {{ plain_words('body') }} as words,
        {{ local_date('created_at') }} as created_on,
        created_at
    from {{ ref('stg_support_tickets') }}

),

gift_words as (

    select * from {{ ref('gift_vocabulary') }}
    where is_gift_word or is_false_gift_word

),

-- "my gift card does not work" comes from whoever was given it
gift_worded_tickets as (

    select tickets.ticket_id
    from tickets
    inner join gift_words on {{ has_words('tickets.words', 'gift_words.words') }}
    group by tickets.ticket_id
    having bool_or(gift_words.is_gift_word) and not bool_or(gift_words.is_false_gift_word)

),

requests as (

    select
        customers.customer_id,
        candidate_orders.order_id,
        case when tickets.topic = 'gift_advice' then 'topic' else 'words' end as detail,
        tickets.created_on,
        tickets.created_at
    from tickets
    left join gift_worded_tickets on tickets.ticket_id = gift_worded_tickets.ticket_id
    left join account_owners on tickets.account_id = account_owners.source_id
    left join candidate_orders on tickets.order_id = candidate_orders.order_id
    inner join customers
        on coalesce(account_owners.customer_id, candidate_orders.customer_id)
        = customers.customer_id
    where
        (tickets.topic = 'gift_advice' or gift_worded_tickets.ticket_id is not null)
        -- a ticket about a fraudulent or cancelled order tells nothing
        and (tickets.order_id is null or candidate_orders.order_id is not null)

)

select
    customer_id,
    order_id,
    'gift_help' as signal_code,
    min(detail) as detail,
    max(created_on) as occurred_on,
    max(created_at) as occurred_at
from requests
group by customer_id, order_id
