{% test adds_up(model, total, parts) %}
select * from {{ model }}
where {{ total }} <> {{ parts | join(' + ') }}
{% endtest %}
