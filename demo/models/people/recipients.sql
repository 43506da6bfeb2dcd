-- The people that gift givers give to: eight each, with their names, sizes and where they live.
-- One row per customer_number, recipient_no.
with people as (

    select * from {{ ref('people') }}
    where is_giver

),

languages as (

    select * from {{ ref('languages') }}

),

kinds as (

    select
        customer_number,
        household_number,
        is_female,
        language,
        last_name,
        place_id,
        country_code,
        region_code,
        unnest(range(0, 8)) as recipient_no
    from people

),

described as (

    select
        *,
        customer_number * 8 + recipient_no as recipient_key,
        list_value('grandparent', 'mother', 'partner', 'friend', 'child', 'father', 'sibling',
            'colleague')
            [1 + recipient_no] as recipient,
        case recipient_no
            when 1 then true
            when 5 then false
            when 2
                then is_female = {{ chance('customer_number * 8 + recipient_no', 'partner_gender',
                    0.04) }}
            else {{ chance('customer_number * 8 + recipient_no', 'recipient_gender', 0.55) }}
        end as recipient_is_female,
        -- where they live: in the same house, the same region, another region, another country
        {{ draw('customer_number * 8 + recipient_no', 'recipient_home') }}
        + case when recipient_no in (2, 4) then 0 else 0.7 end as distance
    from kinds

)

select
    described.customer_number,
    described.recipient_no,
    described.recipient_key,
    described.recipient,
    described.recipient_is_female,
    described.place_id,
    {{ chance('described.recipient_key', 'same_family_name', 0.5) }}
        and described.recipient_no in (0, 1, 2, 4, 5, 6)
        as shares_last_name,
    case
        when described.recipient_is_female
        then {{ pick_from('languages.female_names', 'described.recipient_key', 'recipient_name') }}
        else {{ pick_from('languages.male_names', 'described.recipient_key', 'recipient_name') }}
    end as first_name,
    case
        when {{ chance('described.recipient_key', 'same_family_name', 0.5) }}
            and described.recipient_no in (0, 1, 2, 4, 5, 6)
        then described.last_name
        else {{ pick_from('languages.last_names', 'described.recipient_key',
            'recipient_last_name') }}
    end as last_name,
    case
        when described.recipient_no = 4 then 'child'
        when described.recipient_no in (2, 3, 6) then described.recipient
            || case when described.recipient_is_female then '_f' else '_m' end
        else described.recipient
    end as wish,
    1 + {{ pick('described.recipient_key', 'recipient_size', 8) }} as size_rank,
    case
        when described.distance < 0.8 then 'same_house'
        when described.distance < 1.15 then 'same_region'
        when described.distance < 1.6 then 'other_region'
        else 'other_country'
    end as distance,
    {{ pick('described.recipient_key', 'recipient_birthday', 365) }} as birthday_day_no
from described
inner join languages on described.language = languages.language
