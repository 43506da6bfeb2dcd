-- a day that nobody told us would look like watching
select *
from {{ ref('customer_dates') }}
where
    basis = 'inferred'
    and day_number is not null
    and '{{ var("inferred_date_grain") }}' = 'month'
