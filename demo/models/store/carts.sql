-- The canonical carts: completed by their order, or left at a stage. One row per cart_id.
with visits as (

    select * from {{ ref('visits') }}
    where cart_stage <> 'none'

),

people as (

    select customer_number, email_norm from {{ ref('people') }}

),

cart_sums as (

    select
        visit_key,
        min(currency) as currency,
        sum(unit_price * quantity) as cart_total
    from {{ ref('cart_lines') }}
    group by visit_key

),

order_fates as (

    select order_key, ordered_at from {{ ref('order_fates') }}

),

told as (

    select
        visits.*,
        cart_sums.currency,
        cart_sums.cart_total,
        people.email_norm,
        order_fates.order_key,
        order_fates.ordered_at,
        visits.started_at + to_seconds(60 + {{ pick('visits.visit_key', 'cart_begins', 120) }})
            as created_at,
        case visits.cart_stage when 'cart' then 0 when 'contact' then 1 when 'shipping' then 2
            else 3 end as stage_no
    from visits
    inner join people on visits.customer_number = people.customer_number
    inner join cart_sums on visits.visit_key = cart_sums.visit_key
    left join order_fates on visits.visit_key = order_fates.order_key * 8

)

select
    'K' || visit_key as cart_id,
    customer_id,
    case when stage_no >= 1 then {{ typed_mail('email_norm', 'visit_key') }} end as email,
    anonymous_id,
    created_at,
    coalesce(ordered_at, {{ if_known('created_at + to_seconds(180 + 150 * stage_no)') }})
        as updated_at,
    case when stage_no >= 1 then created_at + to_seconds(120) end as checkout_started_at,
    case when stage_no = 3 then 'payment' else cart_stage end as last_step,
    ordered_at as completed_at,
    'O' || order_key as order_id,
    {{ money('cart_total') }} as cart_total,
    case when stage_no >= 2 then case when cart_total >= 75 then {{ money('0') }}
        else {{ in_currency('6.95', 'currency') }} end
        end as shipping_quote,
    currency,
    'https://shop.example.com/carts/' || visit_key || '/recover' as recovery_url,
    {{ loaded_after('created_at') }} as _loaded_at
from told
