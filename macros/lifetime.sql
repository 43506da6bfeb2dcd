{# The chance that a buyer has not left, after BG/NBD; who bought once cannot have left. Time in weeks.
   Example: {{ bg_nbd_p_alive('x', 't_x', 't') }} as p_alive #}
{% macro bg_nbd_p_alive(x, t_x, t) -%}
1 / (1 + case when {{ x }} = 0 then 0 else
            a / (b + {{ x }} - 1) * pow((alpha + {{ t }}) / (alpha + {{ t_x }}), r + {{ x }}) end)
{%- endmacro %}

{# One term of the hypergeometric series 2F1 by the one before it. Example: {{ hypergeometric_ratio('a', 'b', 'c', 'z', 'j') }} #}
{% macro hypergeometric_ratio(a, b, c, z, j) -%}
(({{ a }} + {{ j }}) * ({{ b }} + {{ j }}) / (({{ c }} + {{ j }}) * ({{ j }} + 1)) * {{ z }})
{%- endmacro %}

{# The series in Horner's form, from its hundredth term inwards. What lies beyond it is close to a geometric series,
   whose ratio is read off where most of it lies. Example: {{ hypergeometric('a', 'b', 'c', 'z') }} as f #}
{% macro hypergeometric(a, b, c, z) -%}
{%- set beyond = "(100 + 1 / (1 - " ~ hypergeometric_ratio(a, b, c, z, 100) ~ "))" -%}
list_reduce(
            range(100, -1, -1),
            lambda inner_sum, j: 1 + inner_sum * {{ hypergeometric_ratio(a, b, c, z, 'j') }},
            1 / (1 - {{ hypergeometric_ratio(a, b, c, z, beyond) }})
        )
{%- endmacro %}
