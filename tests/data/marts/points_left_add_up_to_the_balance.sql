-- what is left of each grant is what the account holds, unless more was spent than was ever granted
with entries as (

    select * from {{ ref('points_entries') }}

),

accounts as (

    select
        customer_id,
        sum(points) as balance,
        sum(points_left) as points_left
    from entries
    group by customer_id

)

select *
from accounts
where points_left <> greatest(0, balance)
