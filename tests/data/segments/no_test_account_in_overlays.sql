with members as (

    select * from {{ ref('segment_membership') }}
    where segment <> 'excluded_invalid'

),

invalid_people as (

    select * from {{ ref('customer_360') }}
    where is_invalid

)

select members.*
from members
inner join invalid_people on members.customer_id = invalid_people.customer_id
