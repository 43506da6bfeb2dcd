with ledger as (

    select * from {{ ref('stg_loyalty_ledger') }}
    where points is not null

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

entries as (

    select
        accounts.customer_id,
        ledger.entry_id,
        ledger.entry_type,
        ledger.points,
        ledger.occurred_at,
        ledger.expires_at
    from ledger
    inner join accounts on ledger.customer_id = accounts.source_id

),

running_sums as (

    select
        *,
        row_number() over (partition by customer_id order by occurred_at, entry_id) as entry_number,
        cast(sum(points) over (
            partition by customer_id order by occurred_at, entry_id
            rows between unbounded preceding and current row
        ) as bigint) as balance,
        -- what runs out first is spent first
        cast(sum(greatest(points, 0)) over (
            partition by customer_id order by expires_at nulls last, occurred_at, entry_id
            rows between unbounded preceding and current row
        ) as bigint) as granted_so_far,
        cast(sum(greatest(-points, 0)) over (partition by customer_id) as bigint) as spent_points
    from entries

)

select
    customer_id,
    entry_id,
    entry_type,
    points,
    entry_number,
    balance,
    greatest(0, least(points, granted_so_far - spent_points)) as points_left,
    occurred_at,
    expires_at
from running_sums
