select
    topic,
    state,
    detail,
    row_count
from {{ ref('stg_notes') }}
