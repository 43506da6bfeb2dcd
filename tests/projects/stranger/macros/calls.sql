{% macro added_up(first) -%}
    {{ first }}
    {%- for each in varargs %} + {{ each }}{% endfor -%}
    {%- for name, each in kwargs.items() %} + {{ each }}{% endfor -%}
{%- endmacro %}

{% macro named(name) %}({{ caller() }}) as {{ name }}{% endmacro %}

{% macro numbers() %}
    {% set found = {'one': 1, 'four': 4} %}
    {{ return(found) }}
{% endmacro %}
