with acquisition_costs as (

    select * from {{ ref('acquisition_costs') }}

),

sums as (

    select
        month,
        sum(new_customers) filter (where channel <> 'all') as channel_customers,
        sum(new_customers) filter (where channel = 'all') as all_customers,
        sum(spend) filter (where channel <> 'all') as channel_spend,
        sum(spend) filter (where channel = 'all') as all_spend,
        sum(historic_clv) filter (where channel <> 'all') as channel_clv,
        sum(historic_clv) filter (where channel = 'all') as all_clv
    from acquisition_costs
    group by month

)

select * from sums
where channel_customers is distinct from all_customers
    or channel_spend is distinct from all_spend
    or channel_clv is distinct from all_clv
