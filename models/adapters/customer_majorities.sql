select
    *,
    {{ months_later('birth_date', 12 * var('adult_age_years')) }} as adult_on
from {{ ref('store_customers') }}
