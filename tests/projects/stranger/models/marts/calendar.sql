{{ config(alias='days') }}

select
    cast(date_day as date) as day,
    date_day
from (
    {{ dbt.date_spine('day', "cast('" ~ var('first_day') ~ "' as date)", "cast('2025-03-08' as date)") }}
) as spine
