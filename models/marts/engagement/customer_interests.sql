with interest_tags as (

    select * from {{ ref('interest_tags') }}

),

kept_lines as (

    select * from {{ ref('order_item_facts') }}
    where customer_id is not null
        and is_valid
        and kept_quantity > 0
        and not is_gift_card
        and not is_sensitive

),

declarations as (

    select * from {{ ref('customer_declarations') }}
    where question_key = 'interest'

),

bought_tags as (

    select
        kept_lines.customer_id,
        interest_tags.interest_tag,
        count(distinct kept_lines.order_id) as order_count
    from kept_lines
    inner join interest_tags
        on starts_with(kept_lines.category_path || ' >', interest_tags.category_path || ' >')
    group by kept_lines.customer_id, interest_tags.interest_tag

),

declared_tags as (

    select
        declarations.customer_id,
        interest_tags.interest_tag
    from declarations
    inner join interest_tags on declarations.answer = interest_tags.declared_answer

),

-- once may be a gift; twice, or a word of their own, is an interest
tags as (

    select
        coalesce(bought_tags.customer_id, declared_tags.customer_id) as customer_id,
        coalesce(bought_tags.interest_tag, declared_tags.interest_tag) as interest_tag,
        coalesce(bought_tags.order_count, 0) as order_count,
        declared_tags.customer_id is not null as is_declared
    from bought_tags
    full join declared_tags
        on bought_tags.customer_id = declared_tags.customer_id
        and bought_tags.interest_tag = declared_tags.interest_tag

)

select
    customer_id,
    interest_tag,
    order_count,
    is_declared
from tags
where is_declared
    or order_count >= {{ var('interest_min_orders') }}
