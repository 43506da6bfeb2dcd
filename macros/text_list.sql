{# A list as the right side of `in`; an empty one matches nothing.
   Example: sku in {{ text_list(var('gift_wrap_skus')) }} #}
{% macro text_list(values) -%}
({% for value in values %}'{{ value | replace("'", "''") }}', {% endfor %}null)
{%- endmacro %}
