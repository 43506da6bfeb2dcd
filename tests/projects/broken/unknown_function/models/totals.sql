select
    summ(amount) as amount
from {{ ref('orders') }}
