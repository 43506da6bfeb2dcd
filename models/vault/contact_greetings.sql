with contacts as (

    select
        *,
        {{ normal_text('first_name') }} as plain_first_name
    from {{ ref('contacts') }}

),

customers as (

    select
        *,
        lower(left(locale, 2)) as language
    from {{ ref('customers') }}

),

placeholder_names as (

    select * from {{ ref('placeholder_names') }}

),

greetings as (

    select * from {{ ref('greetings') }}

),

-- a single letter, a digit or a word from the keyboard is no name
judged_names as (

    select
        contacts.customer_id,
        contacts.first_name,
        contacts.first_name is not null as has_first_name,
        contacts.first_name is not null
            and length(contacts.plain_first_name) >= 2
            and not regexp_matches(contacts.first_name, '[0-9@/<>{}]')
            and placeholder_names.name is null as is_name_plausible,
        customers.language
    from contacts
    inner join customers on contacts.customer_id = customers.customer_id
    left join placeholder_names on contacts.plain_first_name = placeholder_names.name

)

select
    judged_names.customer_id,
    case
        when judged_names.is_name_plausible
            then replace(greetings.with_name, '{name}', judged_names.first_name)
        else greetings.without_name
    end as greeting,
    judged_names.has_first_name,
    judged_names.is_name_plausible
from judged_names
inner join greetings
    on greetings.language = case
        when judged_names.language in (select language from greetings) then judged_names.language
        else 'en'
    end
