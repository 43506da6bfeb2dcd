select sum(amount) as amount
from marts.orders
