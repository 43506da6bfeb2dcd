{% macro store_table(name) %}
    {%- if name not in ['orders', 'customers'] -%}
        {{ exceptions.raise_compiler_error('no store table is called ' ~ name) }}
    {%- endif -%}
    {{ name }}
{% endmacro %}
