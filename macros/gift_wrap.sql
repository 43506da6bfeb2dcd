{# Whether an article is gift wrap: one of var gift_wrap_skus, whatever the capitals. Example: where not {{ is_gift_wrap('sku') }} #}
{% macro is_gift_wrap(sku) -%}
coalesce(upper({{ sku }}) in {{ text_list(var('gift_wrap_skus') | map('upper')) }}, false)
{%- endmacro %}
