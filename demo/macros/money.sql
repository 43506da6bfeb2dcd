{# Money of the canonical schema. Example: {{ money('unit_price * quantity') }} as subtotal #}
{% macro money(amount) %}cast({{ amount }} as decimal(18, 4)){% endmacro %}

{# Money rounded to cents. Example: {{ cents('subtotal * discount_share') }} as discount_total #}
{% macro cents(amount) %}cast(
    round(cast({{ amount }} as decimal(18, 6)), 2) as decimal(18, 4)){% endmacro %}

{# A price of the shop's list in the order's currency, by the shop's own price factors, not by the
   day's rate. #}
{% macro in_currency(amount, currency) -%}
{{ cents(amount ~ " * case " ~ currency
    ~ " when 'EUR' then 0.92 when 'GBP' then 0.79 else 1 end") }}
{%- endmacro %}
