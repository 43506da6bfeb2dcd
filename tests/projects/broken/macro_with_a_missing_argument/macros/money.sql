{% macro in_units(column, digits) %}round({{ column }} / 100, {{ digits }}){% endmacro %}
