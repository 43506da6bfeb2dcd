select 1 as order_id
{% iff true %}, 2 as amount{% endif %}
