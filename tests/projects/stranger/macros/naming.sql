{# Schemas as they are named, without the target's own in front. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if custom_schema_name is none -%}
        {{ target.schema }}
    {%- elif node.resource_type == 'seed' -%}
        {{ custom_schema_name | trim }}
    {%- else -%}
        {{ custom_schema_name | trim }}_{{ 'tables' if node.config.materialized == 'table' else 'views' }}
    {%- endif -%}
{%- endmacro %}
