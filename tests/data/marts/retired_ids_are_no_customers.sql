with retired_ids as (

    select * from {{ ref('customer_id_map') }}

),

customers as (

    select * from {{ ref('customers') }}

)

select retired_ids.retired_customer_id
from retired_ids
inner join customers on retired_ids.retired_customer_id = customers.customer_id
