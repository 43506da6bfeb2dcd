select * from {{ ref('order_facts') }}
where amount > {{ var('largest_amount') }}
