{% macro in_units(column) %}
    {{ rounded(column) }} / 100
{% endmacro %}
