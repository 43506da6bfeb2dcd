-- How each person shops: the rate and the drop-out of their purchases, what they like, whether they
-- give. Rates are Gamma(0.5) and drop-outs Beta(1.5, 16): the assumptions of the lifetime value
-- model, on the shop's clock. Half a squared normal is Gamma(0.5), an exponential more Gamma(1.5);
-- the log of sixteen draws' product is Gamma(16). One row per customer_number.
with persons as (

    select * from {{ ref('persons') }}

),

drawn as (

    select
        *,
        0.5 * pow({{ normal('customer_number', 'rate_normal_a', 'rate_normal_b') }}, 2)
            as rate_gamma,
        -ln({{ draw('customer_number', 'drop_exponential') }})
        + 0.5 * pow({{ normal('customer_number', 'drop_normal_a', 'drop_normal_b') }}, 2)
            as drop_gamma,
        -ln(
            {% for part in range(1,
                17) %}{{ draw('customer_number',
                    'drop_part_' ~ part) }}{{ ' * ' if not loop.last }}{% endfor %})
            as stay_gamma,
        {{ draw('customer_number', 'arrival') }} as arrival_draw
    from persons

),

-- people without an order arrive late more often: most of the older ones were tidied away
arrived as (

    select
        *,
        cast(floor(1096 * 86400 * case
            when person_kind <> 'lead' then arrival_draw
            when arrival_draw < 0.03 then 1 - arrival_draw / 0.03 * 2 / 1096
            when arrival_draw < 0.10 then 1 - arrival_draw / 0.10 * 45 / 1096
            else arrival_draw
        end) as bigint) as arrival_second
    from drawn

)

select
    customer_number,
    person_number,
    household_number,
    person_kind,
    arrival_second,
    -- purchases per day of shop time
    rate_gamma / {{ var('rate_scale_days') }} as purchase_rate,
    drop_gamma / (drop_gamma + stay_gamma) as drop_probability,
    {{ chance('person_number', 'gender', 0.54) }} as is_female,
    {{ chance('customer_number', 'giver', 0.44) }} and person_kind in ('buyer', 'guest')
        as is_giver,
    0.08 + 0.55 * pow({{ draw('customer_number', 'giving') }}, 2) as giving_rate,
    {{ chance('customer_number', 'yearly_giver', 0.35) }} as gives_every_year,
    {{ chance('customer_number', 'replenishes', 0.10) }} and person_kind = 'buyer' as replenishes,
    {{ chance('customer_number', 'parent', 0.08) }} as is_parent,
    {{ chance('customer_number', 'coupon_hunter', 0.22) }} as hunts_coupons,
    {{ chance('customer_number', 'office', 0.06) }} as has_office,
    {{ chance('customer_number', 'second_home', 0.03) }} as has_second_home,
    {{ chance('customer_number', 'moves', 0.05) }} as moves,
    {{ draw('customer_number', 'move_time') }} as move_share,
    1 + {{ pick('customer_number', 'own_size', 8) }} as own_size_rank,
    {{ chance('customer_number', 'size_side', 0.5) }} as tries_larger,
    list_value('homeware', 'jewellery', 'clothing', 'beauty', 'clothing', 'beauty', 'homeware',
        'toys', 'pet',
        'stationery', 'games', 'electronics', 'pet', 'wellness')[1
            + {{ pick('customer_number', 'interest', 14) }}]
        as first_interest,
    list_value('homeware', 'clothing', 'beauty', 'stationery', 'games', 'homeware', 'clothing',
        'pet', 'electronics',
        'parts')[1 + {{ pick('customer_number', 'second_interest', 10) }}] as second_interest
from arrived
