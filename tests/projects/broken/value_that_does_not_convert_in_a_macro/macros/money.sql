{% macro as_money(column) %}
    cast({{ column }} as decimal(18, 4))
{% endmacro %}
