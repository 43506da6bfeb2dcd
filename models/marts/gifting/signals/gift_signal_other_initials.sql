with candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}

),

engravings as (

    select order_id, personalization_initials as initials from {{ ref('stg_order_gift_options') }}
    where length(personalization_initials) between 1 and {{ var('gift_initials_max_letters') }}

),

own_names as (

    select * from {{ ref('buyer_own_names') }}
    where first_initial is not null and last_initial is not null

),

-- a middle name that nobody told may be any letter: like patterns stand for it with an underscore
full_names as (

    select
        customer_id,
        first_initial,
        last_initial,
        coalesce(
            middle_initial,
            max(middle_initial) over (partition by customer_id, first_initial, last_initial),
            '_'
        ) as middle_pattern
    from own_names

),

engraved_orders as (

    select
        candidate_orders.customer_id,
        candidate_orders.order_id,
        candidate_orders.ordered_on,
        candidate_orders.ordered_at,
        engravings.initials,
        bool_or(
            engravings.initials in (
                full_names.first_initial,
                full_names.last_initial,
                full_names.first_initial || full_names.last_initial,
                full_names.last_initial || full_names.first_initial
            )
            or engravings.initials
            like full_names.first_initial || full_names.middle_pattern || full_names.last_initial
            or engravings.initials
            like full_names.first_initial || full_names.last_initial || full_names.middle_pattern
        ) as is_own
    from candidate_orders
    inner join engravings on candidate_orders.order_id = engravings.order_id
    inner join full_names on candidate_orders.customer_id = full_names.customer_id
    group by
        candidate_orders.customer_id,
        candidate_orders.order_id,
        candidate_orders.ordered_on,
        candidate_orders.ordered_at,
        engravings.initials

)

select
    customer_id,
    order_id,
    'other_initials' as signal_code,
    min(initials) as detail,
    ordered_on as occurred_on,
    ordered_at as occurred_at
from engraved_orders
where not is_own
group by customer_id, order_id, ordered_on, ordered_at
