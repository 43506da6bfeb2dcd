{% test is_at_least(model, column_name, least=0) %}

    {{ config(severity='error') }}

    select * from {{ model }} where {{ column_name }} < {{ least }}

{% endtest %}
