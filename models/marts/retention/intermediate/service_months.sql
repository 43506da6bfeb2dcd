with tickets as (

    select
        *,
        {{ month_of(local_date('created_at')) }} as month_on,
        (epoch(resolved_at) - epoch(created_at)) / 3600 as resolution_hours
    from {{ ref('stg_support_tickets') }}

),

months as (

    select
        month_on,
        count(*) as ticket_count,
        count(*) filter (where is_complaint) as complaint_count,
        count(resolution_hours) as resolved_count,
        median(resolution_hours) as median_resolution_hours,
        count(csat) as csat_count,
        sum(csat) as csat_sum
    from tickets
    group by month_on

)

select
    month_on,
    'complaints' as measure,
    'share' as unit,
    ticket_count as row_count,
    complaint_count::double / ticket_count as measured
from months

union all

select
    month_on,
    'resolution_time' as measure,
    'median_hours' as unit,
    resolved_count as row_count,
    median_resolution_hours as measured
from months
where resolved_count > 0

union all

select
    month_on,
    'satisfaction' as measure,
    'mean_score' as unit,
    csat_count as row_count,
    csat_sum::double / csat_count as measured
from months
where csat_count > 0
