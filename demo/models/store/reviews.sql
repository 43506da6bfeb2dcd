-- The canonical reviews: one bought line in fourteen, gifts told as gifts. One row per review_id.
with order_lines as (

    select order_key, item_key, product_id, is_for_recipient from {{ ref('order_lines') }}
    where line_no <= 5 and category_code <> 'gift_card'
        and {{ chance('item_key', 'reviewed', 0.07) }}

),

order_fates as (

    select * from {{ ref('order_fates') }}
    where delivered_at < {{ closes_at() }} - interval 21 day and person_kind = 'buyer'

),

rated as (

    select
        order_lines.*,
        order_fates.customer_number,
        order_fates.occasion,
        {{ later('order_fates.delivered_at',
            "1 + 18 * " ~ draw('order_lines.item_key', 'review_delay')) }} as created_at,
        case
            when order_fates.delivered_at > order_fates.promised_delivery_at
            then list_value(1, 2, 2, 3, 3, 4, 4, 5)[1
                + {{ pick('order_lines.item_key', 'rating', 8) }}]
            else list_value(5, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 2, 1)[1
                + {{ pick('order_lines.item_key', 'rating', 13) }}]
        end as rating
    from order_lines
    inner join order_fates on order_lines.order_key = order_fates.order_key

)

select
    'V' || item_key as review_id,
    'C' || lpad(customer_number::varchar, 8, '0') as customer_id,
    product_id,
    'O' || order_key as order_id,
    cast(rating as integer) as rating,
    case
        when is_for_recipient and rating >= 4 and {{ chance('item_key', 'review_tells_gift', 0.5) }}
        then list_value('Bought as a gift and she loved it', 'Perfect birthday present',
            'Great Christmas gift for my mother')
            [1 + {{ pick('item_key', 'review_text', 3) }}]
        when rating >= 4
        then list_value('Lovely quality', 'Exactly as described', 'Would buy again', 'Very happy',
            '')
            [1 + {{ pick('item_key', 'review_text', 5) }}]
        else list_value('Not what I expected', 'Arrived late', 'Broke after a week', 'It is fine')
            [1 + {{ pick('item_key', 'review_text', 4) }}]
    end as body,
    created_at,
    {{ chance('item_key', 'review_media', 0.15) }} as has_media,
    case when {{ chance('item_key', 'review_replied', 0.2) }}
        then {{ if_known('created_at + interval 2 day') }} end as replied_at,
    {{ loaded_after('created_at') }} as _loaded_at
from rated
