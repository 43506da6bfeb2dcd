with contact_cards as (

    select * from {{ ref('contact_cards') }}

)

-- name, number and address are each taken whole from the first card that has them
select
    customer_id,
    {{ of_first_card('email', 'email') }} as email,
    {{ of_first_card('phone', 'phone') }} as phone,
    {{ of_first_card('phone_country_code', 'phone') }} as phone_country_code,
    {{ of_first_card('first_name', 'last_name') }} as first_name,
    {{ of_first_card('middle_name', 'last_name') }} as middle_name,
    {{ of_first_card('last_name', 'last_name') }} as last_name,
    {{ of_first_card('address1', 'address1') }} as address1,
    {{ of_first_card('address2', 'address1') }} as address2,
    {{ of_first_card('city', 'address1') }} as city,
    {{ of_first_card('region_code', 'address1') }} as region_code,
    {{ of_first_card('postal_code', 'address1') }} as postal_code,
    {{ of_first_card('country_code', 'address1') }} as country_code
from contact_cards
group by customer_id
