{% macro generate_database_name(custom_database_name, node) %}{{ target.name }}{% endmacro %}
