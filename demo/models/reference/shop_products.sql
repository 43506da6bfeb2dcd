-- Every product: the lines in their styles, and the few services sold beside them. One row per
-- product_no.
with product_lines as (

    select * from {{ ref('product_lines') }}

),

styles as (

    select * from (
        values
        (1, 'Harbour', 'Harbour & Lane', 1.00),
        (2, 'Meadow', 'Meadowfold', 0.80),
        (3, 'Ember', 'Ember Works', 1.25),
        (4, 'Willow', 'Willow Atelier', 1.50),
        (5, 'Nordlys', 'Nordlys Studio', 1.10)
    ) as listed (style_no, style, brand, price_factor)

),

styled as (

    select
        cast(product_lines.line_no * 10 + styles.style_no as integer) as product_no,
        styles.style || ' ' || product_lines.noun as title,
        styles.brand,
        product_lines.category_code,
        product_lines.category_path,
        product_lines.target_gender,
        product_lines.age_group,
        product_lines.size_system,
        {{ cents('product_lines.base_price * styles.price_factor') }} as price,
        {{ cents('product_lines.base_price * styles.price_factor * product_lines.cost_share') }}
            as unit_cost,
        product_lines.replenishment_days,
        product_lines.gift_suitable,
        product_lines.warranty_eligible,
        product_lines.sensitive_category,
        timestamp '2019-03-01 09:00:00' + to_days(
            cast(
                {{ pick('product_lines.line_no * 10 + styles.style_no', 'launch',
                    1700) }} as integer)
        ) as launched_at,
        case when {{ chance('product_lines.line_no * 10 + styles.style_no', 'discontinued', 0.04) }}
            then 'discontinued' else 'active' end as status
    from product_lines
    cross join styles

),

services as (

    select * from (
        values
        (9001, 'Gift card 25', 'Gift cards', 25.00, 0.00, 'gift_card'),
        (9002, 'Gift card 50', 'Gift cards', 50.00, 0.00, 'gift_card'),
        (9003, 'Gift card 100', 'Gift cards', 100.00, 0.00, 'gift_card'),
        (9004, 'Gift card 150', 'Gift cards', 150.00, 0.00, 'gift_card'),
        (9011, 'Gift wrap', 'Services > Gift wrap', 4.50, 1.20, 'gift_wrap'),
        (9012, 'Gift wrap de luxe', 'Services > Gift wrap', 7.50, 2.10, 'gift_wrap'),
        (9021, 'Extended warranty, 2 years', 'Services > Warranty', 19.00, 4.00, 'warranty')
    ) as listed (product_no, title, category_path, price, unit_cost, category_code)

)

select * from styled

union all

select
    product_no,
    title,
    'House' as brand,
    category_code,
    category_path,
    'unisex' as target_gender,
    null as age_group,
    null as size_system,
    {{ money('price') }} as price,
    {{ money('unit_cost') }} as unit_cost,
    null as replenishment_days,
    category_code <> 'warranty' as gift_suitable,
    false as warranty_eligible,
    null as sensitive_category,
    timestamp '2019-03-01 09:00:00' as launched_at,
    'active' as status
from services

union all

-- the next season: announced, in nobody's basket yet
select
    product_no + 5,
    'Next season: ' || title,
    brand,
    category_code,
    category_path,
    target_gender,
    age_group,
    size_system,
    price,
    unit_cost,
    replenishment_days,
    gift_suitable,
    warranty_eligible,
    sensitive_category,
    {{ closes_at() }} - to_days(20) + to_days(product_no % 40) as launched_at,
    'draft' as status
from styled
where product_no % 10 = 3 and product_no % 70 = 3
