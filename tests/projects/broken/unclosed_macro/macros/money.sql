{% macro in_units(column) %}
{{ column }} / 100
