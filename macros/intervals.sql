{# The ends of Wilson's interval of a share; NULL without trials. Wilson 1927, checked against Newcombe 1998: 81 of 263
   give 0.2553 to 0.3662. Example: {{ wilson_low('repeat_count', 'customer_count') }} as repeat_rate_low #}
{% macro wilson_low(hits, trials) -%}
case when {{ trials }} > 0 and {{ hits }} >= 0
            then greatest(0e0, {{ wilson_end(hits, trials, '-') }}) end
{%- endmacro %}

{# Example: {{ wilson_high('repeat_count', 'customer_count') }} as repeat_rate_high #}
{% macro wilson_high(hits, trials) -%}
case when {{ trials }} > 0 and {{ hits }} >= 0
            then least(1e0, {{ wilson_end(hits, trials, '+') }}) end
{%- endmacro %}

{# One end, of at least one trial. Example: {{ wilson_end('repeat_count', 'customer_count', '-') }} #}
{% macro wilson_end(hits, trials, sign) -%}
{%- set z = "cast(" ~ var('interval_z_score') ~ " as double)" -%}
(
                {{ hits }} + {{ z }} * {{ z }} / 2 {{ sign }} {{ z }} * sqrt(
                    cast({{ hits }} as double) * ({{ trials }} - {{ hits }}) / {{ trials }}
                    + {{ z }} * {{ z }} / 4
                )
            ) / ({{ trials }} + {{ z }} * {{ z }})
{%- endmacro %}
