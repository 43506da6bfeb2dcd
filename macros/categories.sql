{# The first step of a category path: Pet > Dogs > Food -> Pet. Example: {{ top_category('category_path') }} as category #}
{% macro top_category(category_path) -%}
regexp_replace({{ category_path }}, '\s*[>/].*$', '')
{%- endmacro %}
