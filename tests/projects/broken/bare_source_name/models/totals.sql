select sum(amount) as amount
from shop.orders
