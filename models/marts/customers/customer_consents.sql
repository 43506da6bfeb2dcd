with person_consents as (

    select * from {{ ref('person_consents') }}

),

customers as (

    select * from {{ ref('customers') }}

),

judged as (

    select
        person_consents.customer_id,
        person_consents.channel,
        person_consents.purpose,
        case
            when person_consents.is_granted
                and person_consents.legal_basis = 'soft_opt_in'
                and not (
                    person_consents.channel = 'email'
                    and customers.has_bought
                    and coalesce(
                        customers.country_code
                        in {{ text_list(var('soft_opt_in_countries')) }},
                        false
                    )
                )
                then 'soft_opt_in_not_allowed'
            else person_consents.reason
        end as reason,
        person_consents.legal_basis,
        person_consents.third_party_sharing,
        person_consents.decided_at
    from person_consents
    inner join customers on person_consents.customer_id = customers.customer_id

)

select
    customer_id,
    channel,
    purpose,
    reason,
    legal_basis,
    reason = 'granted' as is_granted,
    third_party_sharing,
    decided_at
from judged
