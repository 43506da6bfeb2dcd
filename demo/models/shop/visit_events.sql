-- What happened in each visit, step by step. Slots number the steps: 0 arrival, 1 to 16 products,
-- 20 taken out, 30 to 32 checkout, 40 search, 41 and 42 leaving. One row per visit_key, slot.
with visits as (

    select * from {{ ref('visits') }}

),

views as (

    select * from {{ ref('views') }}

),

order_lines as (

    select order_key, line_no, product_no from {{ ref('order_lines') }}
    where line_no <= 5

),

stages as (

    select * from (
        values ('contact', 30), ('shipping', 30), ('shipping', 31), ('payment', 30),
            ('payment', 31), ('payment', 32),
            ('completed', 30), ('completed', 31), ('completed', 32)
    ) as listed (cart_stage, slot)

)

select visit_key, 0 as slot, 'page_view' as event_type, cast(null as integer) as product_no
from visits

union all

select visit_key, view_no * 2 - 1, 'product_view', product_no
from views

union all

select visit_key, view_no * 2, 'add_to_cart', product_no
from views
where is_carted

union all

select visit_key, 20 + view_no, 'remove_from_cart', product_no
from views
where is_carted and view_no = 2 and {{ chance('view_key', 'taken_out', 0.15) }}

union all

select visits.visit_key, order_lines.line_no * 2 - 1, 'product_view', order_lines.product_no
from order_lines
inner join visits on order_lines.order_key * 8 = visits.visit_key

union all

select visits.visit_key, order_lines.line_no * 2, 'add_to_cart', order_lines.product_no
from order_lines
inner join visits on order_lines.order_key * 8 = visits.visit_key

union all

select visits.visit_key, stages.slot, 'checkout_step', null
from visits
inner join stages on visits.cart_stage = stages.cart_stage

union all

select visit_key, 40, 'search', null
from visits
where {{ chance('visit_key', 'searches', 0.2) }}

union all

select visit_key, 41, 'exit_intent_shown', null
from visits
where visit_kind <> 'order' and {{ chance('visit_key', 'leaving', 0.07) }}

union all

select visit_key, 42, 'exit_intent_accepted', null
from visits
where visit_kind <> 'order' and {{ chance('visit_key', 'leaving', 0.014) }}
