select
    {% for thing in ['order', 'refund', 'cart'] %}
    sum({{ thing }}_count) as {{ thing }}s{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('orders') }}
