with members as (

    select 'seed' as list, customer_id from {{ ref('seg_lookalike_seed') }}
    union all by name
    select 'exclusion_seed' as list, customer_id from {{ ref('seg_lookalike_exclusion_seed') }}

),

customers as (

    select * from {{ ref('customer_360') }}

)

select
    members.list,
    members.customer_id
from members
inner join customers on members.customer_id = customers.customer_id
where not customers.may_ads
    or not customers.may_profile
