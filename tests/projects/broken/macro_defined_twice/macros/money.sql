{% macro in_units(column) %}{{ column }} * 0.01{% endmacro %}
