{# The four data tests that every dbt project knows. A test returns the rows that fail. #}

{% test unique(model, column_name) %}
select
    {{ column_name }} as value,
    count(*) as row_count
from {{ model }}
where {{ column_name }} is not null
group by {{ column_name }}
having count(*) > 1
{% endtest %}

{% test not_null(model, column_name) %}
select * from {{ model }} where {{ column_name }} is null
{% endtest %}

{% test accepted_values(model, column_name, values, quote=true) %}
select
    {{ column_name }} as value,
    count(*) as row_count
from {{ model }}
where {{ column_name }} not in (
    {%- for value in values -%}
    {{ "'" ~ value ~ "'" if quote else value }}{{ ", " if not loop.last }}
    {%- endfor -%}
)
group by {{ column_name }}
{% endtest %}

{% test relationships(model, column_name, to, field) %}
select child.{{ column_name }} as value
from {{ model }} as child
left join {{ to }} as parent on child.{{ column_name }} = parent.{{ field }}
where child.{{ column_name }} is not null and parent.{{ field }} is null
{% endtest %}
