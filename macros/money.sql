{# An amount of money, to a hundredth of a cent. Example: {{ money('unit_price * fx_rate') }} as price #}
{% macro money(amount) %}cast({{ amount }} as decimal(18, 4)){% endmacro %}
