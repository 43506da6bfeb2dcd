{# Whether somebody is among about so many drawn of all: always the same ones, whatever the order of the rows.
   Example: {{ is_drawn('customer_id', 100000, 'count(*) over ()') }} as is_fitted #}
{% macro is_drawn(id, wanted_count, all_count) -%}
cast(concat('0x', substr(md5({{ id }}), 1, 8)) as ubigint)
        < 4294967296e0 * {{ wanted_count }} / {{ all_count }}
{%- endmacro %}
