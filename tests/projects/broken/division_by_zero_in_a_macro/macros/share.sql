{% macro whole_share(part, whole) %}
    ({{ part }}
        // {{ whole }})
{% endmacro %}
