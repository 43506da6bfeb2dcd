select
    topic,
    state,
    detail,
    row_count
from {{ ref('store_notes') }}
