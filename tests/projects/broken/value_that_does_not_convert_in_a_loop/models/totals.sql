select
    {% for nth in ['first', 'second'] -%}
    cast({{ nth }}_amount as integer) as {{ nth }}_amount,
    {% endfor -%}
    1 as id
from {{ ref('orders') }}
