{# Text without blanks around it; an empty text is no text. Example: {{ clean('title') }} as title #}
{% macro clean(text) %}nullif(trim({{ text }}), ''){% endmacro %}

{# A code that the canonical schema writes in small letters. Example: {{ lower_code('channel') }} as channel #}
{% macro lower_code(text) %}lower(nullif(trim({{ text }}), '')){% endmacro %}

{# A code written in capitals: country, region, currency, coupon. Example: {{ upper_code('currency') }} as currency #}
{% macro upper_code(text) %}upper(nullif(trim({{ text }}), '')){% endmacro %}

{# What happened to a row later on, as known by the clock. Example: {{ until_as_of('cancelled_at') }} as cancelled_at #}
{% macro until_as_of(timestamp) -%}
case when {{ timestamp }} < {{ as_of() }} then {{ timestamp }} end
{%- endmacro %}

{# 1 for the version of a row to keep: the latest loaded, then by the columns that change in a row's life.
   Example: qualify {{ version_rank('trim(order_id)', 'cancelled_at desc nulls last, grand_total') }} = 1 #}
{% macro version_rank(key, ties) -%}
row_number() over (
        partition by {{ key }}
        order by _loaded_at desc nulls last, {{ ties }}
    )
{%- endmacro %}
