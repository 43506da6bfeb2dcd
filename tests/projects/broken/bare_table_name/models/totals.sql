select sum(amount) as amount
from orders
