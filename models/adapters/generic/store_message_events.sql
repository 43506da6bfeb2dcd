select * from {{ source('store', 'message_events') }}
