select * from {{ ref('contacts') }} where email <> lower(email)
