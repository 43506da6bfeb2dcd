select
    1 as order_id,
    amonut
from range(3)
