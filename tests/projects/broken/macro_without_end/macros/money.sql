{% macro in_units(column) %}
    {{ in_units(column) }}
{% endmacro %}
