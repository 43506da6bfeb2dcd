with spells as (

    select
        customer_id,
        segment,
        kind,
        is_by_hand,
        dbt_valid_from as entered_at,
        dbt_valid_to as left_at
    from {{ ref('segment_membership_history') }}

),

-- who asked to be forgotten, or not to be profiled, is forgotten here too
customers as (

    select customer_id from {{ ref('customer_360') }}
    where may_profile

),

rule_versions as (

    select * from {{ ref('segment_rule_history') }}

),

-- a rule that is new, another one, or gone
rule_changes as (

    select model, dbt_valid_from as changed_at from rule_versions
    union
    select model, dbt_valid_to as changed_at from rule_versions
    where dbt_valid_to is not null

),

first_day as (

    select min(entered_at) as started_at from spells

)

select
    spells.customer_id,
    spells.segment,
    spells.kind,
    case
        when spells.entered_at = first_day.started_at then 'start'
        when spells.is_by_hand then 'by_hand'
        when entry_rules.model is not null then 'definition'
        else 'behaviour'
    end as entered_because,
    case
        when spells.left_at is null then null
        when exit_rules.model is not null then 'definition'
        else 'behaviour'
    end as left_because,
    spells.left_at is null as is_member,
    spells.entered_at,
    spells.left_at
from spells
inner join customers on spells.customer_id = customers.customer_id
cross join first_day
left join rule_changes as entry_rules
    on 'seg_' || spells.segment = entry_rules.model
    and spells.entered_at = entry_rules.changed_at
left join rule_changes as exit_rules
    on 'seg_' || spells.segment = exit_rules.model
    and spells.left_at = exit_rules.changed_at
