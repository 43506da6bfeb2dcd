with recursive verified_identifiers as (

    select * from {{ ref('account_identifiers') }}
    where is_verified and not is_shared_widely

),

first_holders as (

    select
        identifier_type,
        identifier_key,
        min(account_id) as account_id
    from verified_identifiers
    group by identifier_type, identifier_key

),

holders as (

    select
        verified_identifiers.account_id,
        first_holders.account_id as first_account_id
    from verified_identifiers
    inner join first_holders
        on verified_identifiers.identifier_type = first_holders.identifier_type
        and verified_identifiers.identifier_key = first_holders.identifier_key
    where verified_identifiers.account_id <> first_holders.account_id

),

links as (

    select account_id, first_account_id as linked_account_id
    from holders

    union all

    select first_account_id as account_id, account_id as linked_account_id
    from holders

),

-- few accounts share anything at all, and each value at most a handful: the walk is short
reached as (

    select account_id, linked_account_id as reached_account_id from links

    union

    select
        reached.account_id,
        links.linked_account_id as reached_account_id
    from reached
    inner join links on reached.reached_account_id = links.account_id

)

select
    account_id,
    min(least(account_id, reached_account_id)) as cluster_id
from reached
group by account_id
