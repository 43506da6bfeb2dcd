{# How sure several independent hints make us together: 0.40 and 0.25 give 0.55. Each logarithm is
   rounded to a decimal: the order of adding must not matter. Example: {{ noisy_or('weight') }} #}
{% macro noisy_or(weight) -%}
round(1 - exp(cast(sum(cast(
            ln(1 - least(cast({{ weight }} as double), 0.999e0)) as decimal(18, 12)
        )) as double)), 9)
{%- endmacro %}
