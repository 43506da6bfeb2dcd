select *
from orders
where amount < 0
