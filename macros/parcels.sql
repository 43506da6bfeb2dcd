{# Whether a parcel goes, or went, on its way: not one that was cancelled or that the carrier refused.
   Example: where {{ is_parcel('status') }} #}
{% macro is_parcel(status) -%}
coalesce({{ status }}, '') not in ('cancelled', 'error', 'failure')
{%- endmacro %}
