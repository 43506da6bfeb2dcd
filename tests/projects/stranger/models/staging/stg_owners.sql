with source as (

    select * from {{ source('desk', 'owners') }}

),

renamed as (

    select
        owner_id,
        full_name,
        {{ dbt.split_part('full_name', "' '", 1) }} as first_name,
        coalesce(town, '{{ env_var("WORKSHOP_TOWN", "unknown") }}') as town_or_default,
        town,
        cast(joined_on as date) as joined_on

    from source

)

select * from renamed
