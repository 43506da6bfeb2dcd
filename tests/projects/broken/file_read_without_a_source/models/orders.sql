select *
from 'data/orders.csv'
