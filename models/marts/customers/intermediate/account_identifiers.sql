select
    account_id,
    identifier_type,
    identifier_key,
    is_verified,
    count(*) over (partition by identifier_type, identifier_key)
        > {{ var('identity_max_accounts') }} as is_shared_widely
from {{ ref('identifier_sightings') }}
