{# One row per combination of columns. Example: - unique_combination: {arguments: {columns: [order_id, line_no]}} #}
{% test unique_combination(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
