select upper(email) as shouted from {{ ref('contacts') }}
