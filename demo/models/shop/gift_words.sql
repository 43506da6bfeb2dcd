-- The message that goes with each order, would its buyer write one. One row per order_key.
with order_heads as (

    select customer_number, order_key, occasion, recipient_no, is_gift,
        is_digital from {{ ref('order_heads') }}
    where is_gift or {{ chance('order_key', 'message', 0.0005) }}

),

people as (

    select customer_number, language, first_name from {{ ref('people') }}

),

recipients as (

    select * from {{ ref('recipients') }}

),

phrase_lists as (

    select * from {{ ref('phrase_lists') }}

),

name_lists as (

    select * from {{ ref('name_lists') }}

),

-- a quarter of the messages name no occasion
themed as (

    select
        order_heads.*,
        case when {{ chance('order_heads.order_key', 'english_message', 0.08) }} then 'en'
            else people.language end as language,
        people.first_name as giver_name,
        coalesce(recipients.first_name, people.first_name) as recipient_first_name,
        recipients.recipient,
        case when {{ chance('order_heads.order_key', 'plain_message', 0.25) }} then 'any'
            else coalesce(order_heads.occasion, 'any') end as theme,
        case when order_heads.occasion = 'anniversary'
            then list_value(1, 5, 10, 20, 25, 30)[1
                + {{ pick('order_heads.order_key', 'milestone', 6) }}]
            else list_value(18, 21, 30, 30, 40, 50, 60, 70)[1
                + {{ pick('order_heads.order_key', 'milestone', 8) }}]
        end as milestone
    from order_heads
    inner join people on order_heads.customer_number = people.customer_number
    left join recipients
        on
            order_heads.customer_number = recipients.customer_number
            and order_heads.recipient_no = recipients.recipient_no

),

chosen as (

    select
        themed.*,
        coalesce(themed_phrases.phrases, plain_phrases.phrases) as phrases,
        case when {{ chance('themed.order_key', 'names_person', 0.5) }} then null
            else name_lists.names end as pet_names
    from themed
    left join phrase_lists as themed_phrases
        on themed.language = themed_phrases.language and themed.theme = themed_phrases.occasion
    inner join phrase_lists as plain_phrases
        on themed.language = plain_phrases.language and plain_phrases.occasion = 'any'
    left join name_lists
        on themed.language = name_lists.language and themed.recipient = name_lists.recipient

)

select
    order_key,
    recipient_first_name,
    milestone,
    theme,
    replace(replace(replace(replace(
        {{ pick_from('phrases', 'order_key', 'phrase') }},
        '{who}',
            coalesce({{ pick_from('pet_names', 'order_key', 'pet_name') }}, recipient_first_name)),
        '{from}', giver_name),
        '{nth}', milestone || case when milestone in (1, 21) then 'st' else 'th' end),
        '{n}', milestone::varchar) as gift_message
from chosen
