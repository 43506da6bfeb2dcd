select * from {{ source('store', 'survey_responses') }}
