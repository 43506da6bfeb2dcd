with customers as (

    select * from {{ ref('customers') }}

),

customer_consents as (

    select * from {{ ref('customer_consents') }}

),

choices as (

    select
        customer_id,
        bool_or(is_granted and channel = 'email' and purpose = 'marketing') as email_marketing,
        bool_or(is_granted and channel = 'sms' and purpose = 'marketing') as sms_marketing,
        bool_or(is_granted and channel = 'postal' and purpose = 'marketing') as postal_marketing,
        bool_or(is_granted and third_party_sharing and purpose = 'ad_sharing') as ad_sharing,
        bool_or(
            not is_granted
            and (purpose = 'ad_sharing' or (channel = 'ads' and purpose = 'marketing'))
        ) as ads_refused,
        -- an objection is said; silence about profiling, or a yes grown old, is none
        bool_or(reason in ('denied', 'withdrawn') and purpose = 'profiling') as profiling_refused
    from customer_consents
    group by customer_id

)

select
    customers.customer_id,
    customers.has_email and coalesce(choices.email_marketing, false) as may_email,
    customers.has_phone and coalesce(choices.sms_marketing, false) as may_sms,
    customers.has_postal_address and coalesce(choices.postal_marketing, false) as may_post,
    -- platforms match people by e-mail or phone; any no about ads is a no
    (customers.has_email or customers.has_phone)
        and coalesce(choices.ad_sharing, false)
        and not coalesce(choices.ads_refused, false) as may_ads,
    not coalesce(choices.profiling_refused, false) as may_profile
from customers
left join choices on customers.customer_id = choices.customer_id
