with channels as (

    select
        coalesce(sum(new_customer_count) filter (where channel <> 'all'), 0) as customers,
        coalesce(sum(spend) filter (where channel <> 'all'), 0) as spend,
        max(new_customer_count) filter (where channel = 'all') as all_customers,
        coalesce(max(spend) filter (where channel = 'all'), 0) as all_spend
    from {{ ref('break_even_repeat') }}

)

select *
from channels
where customers is distinct from all_customers
    or spend is distinct from all_spend
