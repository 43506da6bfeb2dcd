{# The first day of a day's month. Example: {{ month_of('ordered_on') }} as month_on #}
{% macro month_of(day) -%}
cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{# One row per first of a month, both ends included; none where an end is NULL.
   Example: select {{ month_spine('first_month', 'last_month') }} as month_on from bounds #}
{% macro month_spine(first_month, last_month) -%}
cast(unnest(generate_series(
            cast({{ first_month }} as timestamp), cast({{ last_month }} as timestamp), interval '1' month
        )) as date)
{%- endmacro %}

{# The first day of the month that as_of stands in: months before it are complete.
   Example: where month_on < {{ this_month() }} #}
{% macro this_month() %}{{ month_of(as_of_on()) }}{% endmacro %}

{# The same day so many calendar months later, the month's last day where there is none: 30 Nov + 3 is 28 Feb.
   Example: where {{ months_later('last_ordered_on', 3) }} < {{ as_of_on() }} #}
{% macro months_later(day, months) -%}
cast({{ day }} + interval '{{ months }}' month as date)
{%- endmacro %}

{# Calendar months from one day to another: 31 Jan to 1 Feb is 1. Example: {{ months_between('first_on', 'later_on') }} #}
{% macro months_between(first_day, later_day) -%}
(12 * (extract(year from {{ later_day }}) - extract(year from {{ first_day }}))
            + extract(month from {{ later_day }}) - extract(month from {{ first_day }}))
{%- endmacro %}
