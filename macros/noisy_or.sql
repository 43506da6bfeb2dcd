{# How sure several independent hints make us together; each is rounded to a decimal, so that the order of adding does
   not matter. Example: {{ noisy_or('weight') }} as gift_score gives 0.58 for 0.40 and 0.30 #}
{% macro noisy_or(weight) -%}
round(1 - exp(cast(sum(cast(ln(1 - least(cast({{ weight }} as double), 0.999e0)) as decimal(18, 12))) as double)), 9)
{%- endmacro %}
