with merged_sources as (

    select * from {{ ref('customer_identity') }}
    where own_customer_id <> customer_id

)

select
    own_customer_id as retired_customer_id,
    customer_id,
    case min(source_kind)
        when 'account' then 'account_merged'
        else 'guest_recognised'
    end as reason,
    min(first_seen_at) as retired_first_seen_at
from merged_sources
group by own_customer_id, customer_id
