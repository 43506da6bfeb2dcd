{{ config({
    "tags": ["odd"],
    "meta": {"why": "what templates in the wild look like"}
}) }}
{#- a comment, where {{ ref('nothing') }} counts -#}
{%- set sum_of_two -%} 1 + 1 {%- endset -%}
{%- set counter = namespace(total=0) -%}
{%- for number in range(4) -%}
    {%- set counter.total = counter.total + number -%}
{%- endfor -%}
-- depends_on: {{ ref('stg_payments') }}
select
    {{ sum_of_two }} as two,
    {{ counter.total }} as six,
    {{ added_up(1, 2, 3, more=4) }} as ten,
    {% call named('seven') %}3 + 4{% endcall %},
    {% for name, number in numbers().items() -%}
    {{ number }} as {{ name }},
    {% endfor -%}
    '{% raw %}{{ kept }}{% endraw %}' as raw_text,
    {{ "lower" | upper }}('X') as letter,
    {{ [3, 1, 2] | sort | join(' || ') }} as joined,
    {{ 7 // 2 }} as three,
    '{{ unheard_of is defined }}' as is_defined,
    '{{ this.schema }}.{{ this.identifier }}' as address,
    '{{ fromyaml("a: [1, 2]").a | tojson }}' as listed,
    '{{ local_md5("bicycle") | length }}' as digits
