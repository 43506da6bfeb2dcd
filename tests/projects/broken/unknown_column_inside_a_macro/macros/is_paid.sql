{% macro is_paid() %}
    (status = 'paid' and is_tset = false)
{% endmacro %}
