-- The canonical support tickets: about an order, or asking for advice with a gift. One row per
-- ticket_id.
with order_fates as (

    select * from {{ ref('order_fates') }}
    where person_kind <> 'fraudster'

),

asked as (

    select
        order_key * 2 as ticket_key,
        order_key,
        customer_number,
        person_kind,
        case
            when delivered_at > promised_delivery_at or is_lost then 'late_delivery'
            when refund_kind <> 'none' then 'return'
            else list_value('order_change', 'product_question', 'invoice', 'damaged')[1
                + {{ pick('order_key', 'ticket_topic', 4) }}]
        end as topic,
        {{ later('coalesce(least(delivered_at, promised_delivery_at), ordered_at)', "0.5 + 5 * "
            ~ draw('order_key', 'ticket_delay')) }} as created_at
    from order_fates
    where {{ chance('order_key', 'ticket', '(case
        when delivered_at > promised_delivery_at or is_lost then 0.35
            when refund_kind <> \'none\' then 0.25 else 0.015 end)') }}

    union all

    -- gift advice is asked for before the order, mostly by those who will give
    select order_key * 2 + 1, order_key, customer_number, person_kind, 'gift_advice',
        {{ later('ordered_at', "-0.05 - 3 * " ~ draw('order_key', 'advice_lead')) }}
    from order_fates
    where {{ chance('order_key', 'advice', '(case when is_gift then 0.025 else 0.0001 end)') }}

),

handled as (

    select
        *,
        {{ later('created_at', "0.05 + 4 * pow(" ~ draw('ticket_key', 'ticket_effort') ~ ", 2)") }}
            as resolved_at
    from asked
    where created_at < {{ closes_at() }} and person_kind <> 'guest'

)

select
    'Q' || ticket_key as ticket_id,
    'C' || lpad(customer_number::varchar, 8, '0') as customer_id,
    case when topic <> 'gift_advice' then 'O' || order_key end as order_id,
    list_value('email', 'email', 'phone', 'chat')[1 + {{ pick('ticket_key', 'ticket_channel', 4) }}]
        as channel,
    created_at,
    {{ if_known('resolved_at') }} as resolved_at,
    -- agents file one advice in four under another topic: only the words tell
    case when topic = 'gift_advice' and {{ chance('ticket_key', 'ticket_misfiled', 0.25) }}
        then 'product_question' else topic end
        as topic,
    topic in ('late_delivery', 'damaged') as is_complaint,
    case when {{ chance('ticket_key', 'csat_given', 0.4) }}
        then cast(1 + {{ pick('ticket_key', 'csat', 5) }} as integer) end as csat,
    case topic
        when 'gift_advice'
            then list_value('I am looking for a present for my mother, can you help?',
            'Which size would you recommend as a gift?',
                'Need a birthday gift for a friend, any ideas?')
            [1 + {{ pick('ticket_key', 'ticket_text', 3) }}]
        when 'late_delivery' then 'Where is my parcel?'
        when 'return' then 'I would like to send this back.'
        when 'damaged' then 'The item arrived damaged.'
        else list_value('Could you change my address?', 'Is this dishwasher safe?',
            'Please send me the invoice.')
            [1 + {{ pick('ticket_key', 'ticket_text', 3) }}]
    end as body,
    {{ loaded_after('created_at') }} as _loaded_at
from handled
