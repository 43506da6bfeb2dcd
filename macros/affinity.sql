{# How many times as often two things go together as if they had nothing to do with each other: of so many cases,
   so many with the one, so many with the other. Example: {{ lift('pair_count', 'one_count', 'other_count', 'all_count') }} #}
{% macro lift(both, one, other, every) -%}
cast({{ both }} as double) * {{ every }} / (cast({{ one }} as double) * {{ other }})
{%- endmacro %}
