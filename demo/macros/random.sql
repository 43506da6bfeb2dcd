{# All chance in the shop is a function of (seed, entity number, stream): no random(), so any row
   can be made alone.
   `hash` gets ONE integer: its two-argument form is composed by XOR
       and its "independent" streams correlate. #}

{# A number strictly between 0 and 1. Example: {{ draw('customer_number', 'person_kind') }} #}
{% macro draw(id, stream) -%}
(
    (
        cast(
            hash({{ id }}::bigint * 512 + {{ stream_number(stream) }}
                + {{ seed_offset() }}) >> 11 as double) + 0.5e0)
* 1.1102230246251565e-16)
{%- endmacro %}

{# True for this share of the entities. Example: {{ chance('order_key', 'is_late', 0.08) }} #}
{% macro chance(id, stream, share) %}({{ draw(id, stream) }} < {{ share }}){% endmacro %}

{# A whole number from 0 to count - 1, evenly. Example: {{ pick('customer_number', 'street', 60) }}
   #}
{% macro pick(id, stream,
    count) %}cast(floor({{ draw(id, stream) }} * ({{ count }})) as bigint){% endmacro %}

{# A standard normal value from two streams. Example: {{ normal('order_key', 'pace_a', 'pace_b') }}
   #}
{% macro normal(id, stream_a, stream_b) -%}
(sqrt(-2 * ln({{ draw(id, stream_a) }})) * cos(2 * pi() * {{ draw(id, stream_b) }}))
{%- endmacro %}

{# The seed moves every entity to another stretch of the integers, far from the first. #}
{% macro seed_offset() %}{{ (var('seed') | int)
    * 3935559000370003845 % 4611686018427387904 }}{% endmacro %}
