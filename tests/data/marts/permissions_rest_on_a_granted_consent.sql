-- Proven apart from the rule: no permission without its consent and an address in the vault.
with permissions as (

    select * from {{ ref('customer_permissions') }}

),

grants as (

    select * from {{ ref('customer_consents') }}
    where is_granted

),

contacts as (

    select * from {{ ref('contacts') }}

),

granted_purposes as (

    select
        customer_id,
        bool_or(channel = 'email' and purpose = 'marketing') as email,
        bool_or(channel = 'sms' and purpose = 'marketing') as sms,
        bool_or(channel = 'postal' and purpose = 'marketing') as postal,
        bool_or(purpose = 'ad_sharing' and third_party_sharing) as ads
    from grants
    group by customer_id

)

select permissions.customer_id
from permissions
left join granted_purposes on permissions.customer_id = granted_purposes.customer_id
left join contacts on permissions.customer_id = contacts.customer_id
where
    (permissions.may_email
        and not (coalesce(granted_purposes.email, false) and contacts.email is not null))
    or (permissions.may_sms
        and not (coalesce(granted_purposes.sms, false) and contacts.phone is not null))
    or (permissions.may_post
        and not (coalesce(granted_purposes.postal, false) and contacts.address1 is not null))
    or (permissions.may_ads and not coalesce(granted_purposes.ads, false))
