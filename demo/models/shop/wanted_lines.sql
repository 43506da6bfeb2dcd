-- What each line of an order is looking for: whose taste, which category, which size. One row per
-- order_key, line_no.
with intents as (

    select * from {{ ref('intents') }}

),

people as (

    select * from {{ ref('people') }}

),

recipients as (

    select * from {{ ref('recipients') }}

),

counted as (

    select
        intents.customer_number,
        intents.order_key,
        intents.ordered_at,
        intents.stream,
        intents.is_gift,
        recipients.wish as recipient_wish,
        recipients.size_rank as recipient_size_rank,
        people.is_female,
        people.is_parent,
        people.first_interest,
        people.second_interest,
        people.own_size_rank,
        people.tries_larger,
        unnest(range(1, 2 + case
            when intents.stream = 'replenishment' then 0
            when {{ chance('intents.order_key', 'line_count',
                '(case when intents.is_gift then 0.68 else 0.52 end)') }} then 0
            when {{ chance('intents.order_key', 'line_count', 0.80) }} then 1
            when {{ chance('intents.order_key', 'line_count', 0.93) }} then 2
            else 3
        end)) as line_no
    from intents
    inner join people on intents.customer_number = people.customer_number
    left join recipients
        on
            intents.customer_number = recipients.customer_number
            and intents.recipient_no = recipients.recipient_no

),

-- a gift order holds the gift first; a second line is as often something for oneself
aimed as (

    select
        *,
        order_key * 8 + line_no as item_key,
        is_gift and (line_no = 1 or {{ chance('order_key * 8 + line_no', 'also_gift', 0.5) }})
            as is_for_recipient
    from counted

)

select
    customer_number,
    order_key,
    item_key,
    line_no,
    ordered_at,
    stream,
    is_for_recipient,
    case when is_for_recipient then recipient_wish end as wish,
    case
        when is_for_recipient then null
        when is_parent and {{ chance('item_key', 'own_child', 0.12) }} then 'k'
        when {{ chance('item_key', 'other_gender', 0.02) }} then case when is_female then 'm'
            else 'f' end
        when is_female then 'f'
        else 'm'
    end as own_audience,
    case
        when is_for_recipient then null
        when is_parent and {{ chance('item_key', 'own_child', 0.12) }}
        then case when {{ chance('item_key', 'child_clothing', 0.6) }} then 'clothing'
            else 'toys' end
        when {{ chance('item_key', 'own_category', 0.55) }} then first_interest
        when {{ chance('item_key', 'own_category', 0.80) }} then second_interest
        when {{ chance('item_key', 'own_gift_card', 0.04) }} then 'gift_card'
        else list_value('homeware', 'clothing', 'beauty', 'stationery', 'games', 'electronics',
            'pet', 'parts', 'wellness',
            'homeware')[1 + {{ pick('item_key', 'own_random_category', 10) }}]
    end as own_category,
    {{ pick('item_key', 'wish_ticket', 10) }} as wish_ticket,
    -- one's own size, now and then the neighbouring one as a fit check
    case
        when is_for_recipient then recipient_size_rank
        when {{ chance('item_key', 'fit_check', 0.15) }} then own_size_rank + case when tries_larger
            then 1 else -1 end
        when {{ chance('item_key', 'fit_check', 0.165) }} then own_size_rank + case
            when tries_larger then -1 else 1 end
        else own_size_rank
    end as size_rank
from aimed
