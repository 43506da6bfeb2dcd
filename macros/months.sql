{# The same day so many calendar months later, the month's last day where there is none: 30 Nov + 3 is 28 Feb.
   Example: where {{ months_later('last_ordered_on', 3) }} < {{ as_of_on() }} #}
{% macro months_later(day, months) -%}
cast({{ day }} + interval '{{ months }}' month as date)
{%- endmacro %}
