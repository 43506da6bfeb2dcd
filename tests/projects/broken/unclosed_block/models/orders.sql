select
    1 as order_id
{% if var('with_amount', false) %}
    , 2 as amount

from range(3)
