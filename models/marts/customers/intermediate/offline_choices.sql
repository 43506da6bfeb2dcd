with offline_consents as (

    select * from {{ ref('person_consents') }}
    where purpose = 'offline_tracking'

)

select
    customer_id,
    bool_and(is_granted) as is_granted
from offline_consents
group by customer_id
