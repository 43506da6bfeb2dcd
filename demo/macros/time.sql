{# The shop's first moment and the first moment after its history. Example: where ordered_at < {{
   closes_at() }} #}
{% macro opens_at() %}cast('{{ var("opens_at") }}' as timestamp){% endmacro %}

{% macro closes_at() %}cast('{{ var("closes_at") }}' as timestamp){% endmacro %}

{# A timestamp so many seconds after the opening. Example: {{ moment('first_order_second') }} #}
{% macro moment(seconds) %}({{ opens_at() }}
    + to_seconds(cast({{ seconds }} as bigint))){% endmacro %}

{# A timestamp so many days (with fraction) later. Example: {{ later('ordered_at', 'transit_days')
   }} #}
{% macro later(timestamp, days) %}({{ timestamp }}
    + to_seconds(cast(({{ days }}) * 86400 as bigint))){% endmacro %}

{# Nothing that happens after the close is known. Example: {{ if_known('delivered_at') }} as
   delivered_at #}
{% macro if_known(timestamp) %}(case when {{ timestamp }} < {{ closes_at() }}
    then {{ timestamp }} end){% endmacro %}

{# A day's fraction moved so that evenings are busy and nights are not; grows from 0 to 1. #}
{% macro busy_hour(fraction) -%}
({{ fraction }}
    + 0.75e0 / (2 * pi()) * (sin(2 * pi() * ({{ fraction }} - 0.15e0)) + sin(2 * pi() * 0.15e0)))
{%- endmacro %}

{# When the nightly load brought a row in. Example: {{ loaded_after('ordered_at') }} as _loaded_at
   #}
{% macro loaded_after(timestamp) -%}
cast(date_trunc('day', {{ timestamp }}) + interval 27 hour as timestamp)
{%- endmacro %}

{# The nth Sunday of a month. Example: {{ nth_sunday('2026', 5, 2) }} #}
{% macro nth_sunday(year, month, nth) -%}
(make_date({{ year }}, {{ month }}, 1)
    + cast((7 - dayofweek(make_date({{ year }}, {{ month }}, 1))) % 7
+ 7 * {{ nth - 1 }} as integer))
{%- endmacro %}

{# All rows of a step, and a share of them again as a load of the next day brings them, without the
   step's key. #}
{% macro with_repeats(step, key, stream, share) -%}
select * exclude ({{ key }}, later_load) replace (_loaded_at + to_days(later_load) as _loaded_at)
from (
    select *,
        unnest(
            range(1
                + cast(
                    {{ chance(key, stream,
                        share) }} as integer)))::integer as later_load from {{ step }}
)
{%- endmacro %}
