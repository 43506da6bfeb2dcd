select
    1 as id,
    {{ as_money('amount') }} as amount
from {{ ref('orders') }}
