{% macro in_units(column) %}{{ return(adapter.dispatch('in_units')(column)) }}{% endmacro %}
