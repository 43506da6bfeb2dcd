{# The one clock of the project. Example: where ordered_at < {{ as_of() }} #}
{% macro as_of() %}cast('{{ var("as_of") }}' as timestamp){% endmacro %}

{# The store-local date of a UTC timestamp; looking up the time zone of UTC itself would take fifty times as long.
   Example: {{ local_date('ordered_at') }} as ordered_on #}
{% macro local_date(utc_timestamp) -%}
{%- if var("store_time_zone") == "UTC" -%}
cast({{ utc_timestamp }} as date)
{%- else -%}
cast(timezone('{{ var("store_time_zone") }}', timezone('UTC', {{ utc_timestamp }})) as date)
{%- endif -%}
{%- endmacro %}

{# Today in the store, by the project's clock. Example: date_diff('day', last_ordered_on, {{ as_of_on() }}) #}
{% macro as_of_on() %}{{ local_date(as_of()) }}{% endmacro %}
