{# The same day so many years later. There is no 29 February in most years: var leap_rule says whether it is kept
   on 28 February (feb28) or on 1 March (mar1). Example: {{ years_later('ordered_on', '2') }} as second_on #}
{% macro years_later(day, years) -%}
cast(
            {{ day }} + to_years(cast({{ years }} as integer))
            + to_days(cast(
                '{{ var("leap_rule") }}' = 'mar1'
                and date_part('day', {{ day }})
                <> date_part('day', {{ day }} + to_years(cast({{ years }} as integer)))
                as integer
            )) as date
        )
{%- endmacro %}

{# How many years after a day its next anniversary is, today included; never none.
   Example: {{ years_to_next('ordered_on') }} as years #}
{% macro years_to_next(day) -%}
greatest(
            1,
            date_part('year', {{ as_of_on() }}) - date_part('year', {{ day }})
            + case
                when {{ years_later(day, "date_part('year', " ~ as_of_on() ~ ") - date_part('year', " ~ day ~ ")") }}
                    < {{ as_of_on() }}
                    then 1
                else 0
            end
        )
{%- endmacro %}

{# The next return of a day, today included; `today` is the person's or the store's.
   Example: {{ next_yearly('first_ordered_on', as_of_on()) }} as anniversary_on #}
{% macro next_yearly(day, today) -%}
{%- set years = "date_part('year', " ~ today ~ ") - date_part('year', " ~ day ~ ")" -%}
case
        when {{ years_later(day, years) }} >= {{ today }} then {{ years_later(day, years) }}
        else {{ years_later(day, years ~ " + 1") }}
    end
{%- endmacro %}

{# A day so many days before another. Example: {{ days_before('occurs_on', 14) }} as send_on #}
{% macro days_before(day, days) -%}
cast({{ day }} - interval '{{ days }}' day as date)
{%- endmacro %}

{# Whether something is to be sent in this run: today or before the next run, or lately, where runs were missed.
   Example: {{ is_due('send_on') }} as is_due #}
{% macro is_due(send_on) -%}
date_diff('day', {{ send_on }}, {{ as_of_on() }})
        between 1 - {{ var('gift_date_run_interval_days') }} and {{ var('gift_date_catch_up_days') }}
{%- endmacro %}
