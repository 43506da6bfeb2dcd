-- Why each purchase is made: for oneself, or as a gift, for whom and on what occasion. This is the
-- truth of the shop. One row per order_key.
with purchases as (

    select * from {{ ref('purchases') }}

),

people as (

    select customer_number, country_code, is_giver, giving_rate from {{ ref('people') }}

),

gift_days as (

    select * from {{ ref('gift_days') }}

),

decided as (

    select
        purchases.customer_number,
        purchases.order_key,
        purchases.stream,
        purchases.ordered_at,
        gift_days.feast,
        case purchases.stream
            when 'yearly' then true
            when 'rate' then
                people.is_giver
                and {{ chance('purchases.order_key', 'gives',
                    'least(0.95, people.giving_rate * gift_days.giving_factor)') }}
            else false
        end as is_gift
    from purchases
    inner join people on purchases.customer_number = people.customer_number
    left join gift_days
        on purchases.local_day = gift_days.day and people.country_code = gift_days.country_code

),

occasions as (

    select
        *,
        case
            when not is_gift then null
            when stream = 'yearly' then 'birthday'
            when feast is not null and {{ chance('order_key', 'follows_feast', 0.68) }} then feast
            else list_value('birthday', 'birthday', 'birthday', 'birthday', 'birthday', 'birthday',
                'birthday',
                'birthday', 'birthday', 'anniversary', 'anniversary', 'thank_you', 'thank_you',
                    'wedding', 'graduation',
                'new_baby', 'housewarming', 'get_well', 'just_because', 'just_because'
                )[1 + {{ pick('order_key', 'occasion', 20) }}]
        end as occasion
    from decided

)

select
    customer_number,
    order_key,
    stream,
    ordered_at,
    is_gift,
    occasion,
    case
        when not is_gift then null
        when stream = 'yearly' then 1 + customer_number % 3
        when occasion = 'mothers_day' then 1
        when occasion = 'fathers_day' then 5
        when occasion in ('valentines_day', 'anniversary') then 2
        when occasion in ('wedding', 'housewarming', 'new_baby') then 3
        when occasion = 'graduation' then 4
        when occasion = 'thank_you'
            then list_value(7, 7, 3, 1)[1 + {{ pick('order_key', 'thanked', 4) }}]
        when occasion = 'get_well'
            then list_value(0, 3, 1, 7)[1 + {{ pick('order_key', 'thanked', 4) }}]
        else list_value(1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 6, 0)[1
            + {{ pick('order_key', 'recipient', 13) }}]
    end as recipient_no
from occasions
