with gift_items as (

    select * from {{ ref('gift_order_items') }}
    where category is not null

),

named_gifts as (

    select 'recipient' as dimension, recipient as dimension_value, order_id, category
    from gift_items
    where recipient is not null
    group by recipient, order_id, category
    union all
    select 'occasion' as dimension, occasion as dimension_value, order_id, category
    from gift_items
    where occasion is not null
    group by occasion, order_id, category

),

dimensions as (

    select
        dimension,
        count(distinct order_id) as gift_order_count
    from named_gifts
    group by dimension

),

dimension_values as (

    select
        dimension,
        dimension_value,
        count(distinct order_id) as gift_order_count
    from named_gifts
    group by dimension, dimension_value

),

categories as (

    select
        dimension,
        category,
        count(*) as gift_order_count
    from named_gifts
    group by dimension, category

),

cells as (

    select
        dimension,
        dimension_value,
        category,
        count(*) as gift_order_count
    from named_gifts
    group by dimension, dimension_value, category
    having count(*) >= {{ var('gift_cell_min_orders') }}

)

select
    cells.dimension,
    cells.dimension_value,
    cells.category,
    cells.gift_order_count,
    dimension_values.gift_order_count as value_order_count,
    categories.gift_order_count as category_order_count,
    dimensions.gift_order_count as dimension_order_count,
    cells.gift_order_count::double / dimension_values.gift_order_count as category_share,
    -- how many times more often than among all gifts whose recipient, or occasion, is known
    {{ lift(
        'cells.gift_order_count', 'dimension_values.gift_order_count',
        'categories.gift_order_count', 'dimensions.gift_order_count'
    ) }} as lift
from cells
inner join dimensions on cells.dimension = dimensions.dimension
inner join dimension_values
    on cells.dimension = dimension_values.dimension
    and cells.dimension_value = dimension_values.dimension_value
inner join categories
    on cells.dimension = categories.dimension
    and cells.category = categories.category
