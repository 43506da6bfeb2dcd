-- The products looked at in visits that end without an order; the first ones go into the cart,
-- where there is one. One row per visit_key, view_no.
with visits as (

    select * from {{ ref('visits') }}
    where visit_kind <> 'order'

),

people as (

    select customer_number, is_female, first_interest, second_interest from {{ ref('people') }}

),

shelves as (

    select * from {{ ref('shelves') }}

),

shelf_lengths as (

    select category_code, audience, max(shelf_length) as shelf_length
    from shelves
    group by category_code, audience

),

looked as (

    select
        visits.visit_key,
        visits.cart_stage,
        visits.started_at,
        unnest(range(1, 1 + visits.view_count)) as view_no,
        case when people.is_female then 'f' else 'm' end as audience,
        people.first_interest,
        people.second_interest
    from visits
    inner join people on visits.customer_number = people.customer_number

),

aimed as (

    select
        visit_key,
        cart_stage,
        started_at,
        view_no,
        audience,
        visit_key * 8 + view_no as view_key,
        case
            when {{ chance('visit_key * 8 + view_no', 'view_category', 0.6) }} then first_interest
            when {{ chance('visit_key * 8 + view_no', 'view_category', 0.85) }} then second_interest
            else list_value('homeware', 'clothing', 'games', 'toys')[1
                + {{ pick('visit_key', 'view_other', 4) }}]
        end as category_code
    from looked

),

placed as (

    select
        aimed.*,
        cast(
            floor(pow({{ draw('aimed.view_key', 'view_position') }}, 1.5)
                * shelf_lengths.shelf_length) as bigint) as position
    from aimed
    inner join shelf_lengths
        on aimed.category_code = shelf_lengths.category_code
            and aimed.audience = shelf_lengths.audience

)

select
    placed.visit_key,
    placed.view_no,
    placed.view_key,
    placed.started_at,
    shelves.product_no,
    placed.cart_stage <> 'none' and placed.view_no <= 2 as is_carted
from placed
inner join shelves
    on
        placed.category_code = shelves.category_code
        and placed.audience = shelves.audience
        and placed.position = shelves.position
