with customer_categories as (

    select * from {{ ref('customer_categories') }}

),

category_counts as (

    select
        category,
        count(*) as customer_count
    from customer_categories
    group by category

),

everybody as (

    select count(distinct customer_id) as customer_count from customer_categories

),

pairs as (

    select
        owned.category,
        other.category as other_category,
        count(*) as pair_customer_count
    from customer_categories as owned
    inner join customer_categories as other
        on owned.customer_id = other.customer_id
        and owned.category <> other.category
    group by owned.category, other.category

),

measures as (

    select
        pairs.category,
        pairs.other_category,
        pairs.pair_customer_count,
        owned.customer_count,
        pairs.pair_customer_count::double / owned.customer_count as confidence,
        other.customer_count::double / everybody.customer_count as other_share,
        {{ wilson_low('pairs.pair_customer_count', 'owned.customer_count') }} as confidence_low,
        {{ lift(
            'pairs.pair_customer_count', 'owned.customer_count', 'other.customer_count',
            'everybody.customer_count'
        ) }} as lift
    from pairs
    inner join category_counts as owned on pairs.category = owned.category
    inner join category_counts as other on pairs.other_category = other.category
    cross join everybody

)

select
    category,
    other_category,
    pair_customer_count,
    customer_count,
    confidence,
    confidence_low,
    other_share,
    lift,
    pair_customer_count >= {{ var('category_pair_min_customers') }}
        and lift >= {{ var('category_min_lift') }}
        and confidence_low > other_share as is_strong
from measures
