select sum(amount) as amount
from ordrs
