{# The same idea for several engines, as public projects have it. #}
{% macro cents_to_units(column_name) -%}
    {{ return(adapter.dispatch('cents_to_units')(column_name)) }}
{%- endmacro %}

{% macro default__cents_to_units(column_name) -%}
    ({{ column_name }} / 100)::numeric(16, 2)
{%- endmacro %}

{% macro bigquery__cents_to_units(column_name) -%}
    round(cast(({{ column_name }} / 100) as numeric), 2)
{%- endmacro %}

{% macro with_vat(column, percent=none, digits=0) %}
    {%- set percent = percent if percent is not none else var('vat_percent') -%}
    round({{ column }} * (100 + {{ percent }}) / 100.0, {{ digits }})
{%- endmacro %}
