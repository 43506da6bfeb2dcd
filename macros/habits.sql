{# Whether somebody sends a lot back, in enough orders to tell; customer_360 has the columns.
   Example: {{ returns_a_lot() }} as returns_a_lot #}
{% macro returns_a_lot() -%}
coalesce(
            valid_order_count >= {{ var('high_return_min_orders') }}
            and refund_rate >= {{ var('high_return_min_refund_share') }},
            false
        )
{%- endmacro %}

{# Whether somebody hardly ever buys at full price, in enough orders to tell; customer_360 has the columns.
   Example: {{ buys_with_discounts() }} as buys_with_discounts #}
{% macro buys_with_discounts() -%}
coalesce(
            valid_order_count >= {{ var('discount_dependent_min_orders') }}
            and full_price_share < {{ var('discount_dependent_max_full_price_share') }},
            false
        )
{%- endmacro %}
