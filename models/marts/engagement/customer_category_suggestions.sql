with customer_categories as (

    select * from {{ ref('customer_categories') }}

),

category_affinity as (

    select * from {{ ref('category_affinity') }}
    where is_strong

),

-- what others who bought there bought too, and this person never did
unseen_categories as (

    select
        customer_categories.customer_id,
        category_affinity.other_category as category,
        max_by(
            customer_categories.category,
            (category_affinity.lift, customer_categories.category)
        ) as because_of_category,
        max(category_affinity.lift) as lift
    from customer_categories
    inner join category_affinity on customer_categories.category = category_affinity.category
    left join customer_categories as owned
        on customer_categories.customer_id = owned.customer_id
        and category_affinity.other_category = owned.category
    where owned.customer_id is null
    group by customer_categories.customer_id, category_affinity.other_category

),

ranked_categories as (

    select
        *,
        row_number() over (
            partition by customer_id order by lift desc, category
        ) as suggestion_rank
    from unseen_categories

)

select
    customer_id,
    suggestion_rank,
    category,
    because_of_category,
    lift
from ranked_categories
where suggestion_rank <= {{ var('category_suggestions_max') }}
