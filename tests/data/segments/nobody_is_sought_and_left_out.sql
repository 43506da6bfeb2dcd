-- who is a pattern for new customers is neither kept from advertising nor a pattern of whom to avoid
with sought as (

    select customer_id from {{ ref('seg_lookalike_seed') }}

),

left_out as (

    select 'ad_exclusion' as list, customer_id from {{ ref('seg_ad_exclusion') }}
    union all by name
    select 'lookalike_exclusion_seed' as list, customer_id
    from {{ ref('seg_lookalike_exclusion_seed') }}

)

select
    left_out.list,
    left_out.customer_id
from left_out
inner join sought on left_out.customer_id = sought.customer_id
