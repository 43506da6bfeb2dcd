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

{# The rows that the block asks for, each key in its latest version: the latest loaded, then by the columns that
   change in a row's life, then any, but always the same. Nearly all keys come once; only the others are ranked.
   Example: select * from {% call latest_versions(ref('store_refunds'), 'trim(refund_id)', 'amount') %}
                trim(refund_id) <> '' {% endcall %} as store_refunds #}
{% macro latest_versions(rows, key, ties) -%}
(
        select * from {{ rows }}
        where ({{ caller() }}) and {{ key }} not in ({{ repeated(rows, key) }})
        union all
        select * from {{ rows }} as versions
        where ({{ caller() }}) and {{ key }} in ({{ repeated(rows, key) }})
        qualify row_number() over (
            partition by {{ key }}
            order by _loaded_at desc nulls last, {{ ties }}, hash(versions)
        ) = 1
    )
{%- endmacro %}

{# Keys that come again. Example: where order_id in ({{ repeated(ref('store_orders'), 'order_id') }}) #}
{% macro repeated(rows, key) -%}
select {{ key }} from {{ rows }} where {{ key }} is not null group by {{ key }} having count(*) > 1
{%- endmacro %}
