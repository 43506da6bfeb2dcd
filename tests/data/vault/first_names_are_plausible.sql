{{ config(severity='warn') }}

-- they are greeted without a name; many of them mean that the form asks too much
select customer_id
from {{ ref('contact_greetings') }}
where has_first_name
    and not is_name_plausible
