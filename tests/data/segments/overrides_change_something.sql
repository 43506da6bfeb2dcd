{{ config(severity='warn') }}

-- an override of somebody unknown or invalid, or one that has run out, does nothing any more
with manual_overrides as (

    select * from {{ ref('manual_overrides') }}

),

customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

)

select manual_overrides.*
from manual_overrides
left join customers on manual_overrides.customer_id = customers.customer_id
where customers.customer_id is null
    or manual_overrides.until < {{ as_of_on() }}
