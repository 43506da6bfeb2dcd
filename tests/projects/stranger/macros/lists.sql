{% macro quoted_list(words) -%}
    {%- set quoted = [] -%}
    {%- for word in words -%}
        {%- do quoted.append("'" ~ word ~ "'") -%}
    {%- endfor -%}
    {%- set unique_words = set(quoted) -%}
    {%- if unique_words | length != quoted | length -%}
        {{ exceptions.raise_compiler_error("a word stands twice in " ~ words) }}
    {%- endif -%}
    [{{ quoted | join(', ') }}]
{%- endmacro %}

{% macro count_where(condition) -%}
    count(*) filter (where {{ condition }})
{%- endmacro %}
