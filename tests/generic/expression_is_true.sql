{# What holds in every row; a row that cannot tell fails too. It may stand below a column or below the model.
   Example: - expression_is_true: {arguments: {expression: "units >= 0"}} #}
{% test expression_is_true(model, expression, column_name=none) %}
select *
from {{ model }}
where not coalesce({{ expression }}, false)
{% endtest %}
