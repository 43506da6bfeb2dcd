select * from {{ source('store', 'web_events') }}
