-- Who the order says it is from: the account or nobody, the mail and telephone as typed, and where
-- the visit came from. One row per order_key.
with order_heads as (

    select * from {{ ref('order_heads') }}

),

people as (

    select * from {{ ref('people') }}

),

sources as (

    select * from {{ ref('traffic_slots') }}

)

select
    order_heads.order_key,
    people.person_kind = 'guest'
        or {{ chance('order_heads.order_key', 'checks_out_as_guest', 0.03) }} as is_guest,
    case
        when order_heads.channel = 'pos' and {{ chance('order_heads.order_key', 'till_mail', 0.6) }}
            then null
        when {{ chance('order_heads.order_key', 'mail_missing', 0.004) }} then ''
        -- guests now and then give another of their addresses
        when people.person_kind = 'guest'
            and {{ chance('order_heads.order_key', 'other_mail', 0.10) }}
        then people.mail_name || '.' || people.customer_number || '@post.example.net'
        else {{ typed_mail('people.email_norm', 'order_heads.order_key') }}
    end as email,
    case
        when {{ chance('order_heads.order_key', 'phone_given', 0.62) }}
        then {{ typed_phone('people.phone_prefix', 'people.phone_local', 'order_heads.order_key') }}
    end as phone,
    sources.utm_source,
    sources.utm_medium,
    sources.utm_campaign,
    sources.referrer
from order_heads
inner join people on order_heads.customer_number = people.customer_number
inner join sources on {{ pick('order_heads.order_key', 'order_traffic', 100) }} = sources.slot
