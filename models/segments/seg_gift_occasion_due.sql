with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

gift_givers as (

    select customer_id, gift_score, recommendation_list from {{ ref('gift_givers') }}

),

due_dates as (

    select * from {{ ref('gift_occasion_dates') }}
    where is_due

),

-- one message even where several occasions fall together: the first to come
ranked_dates as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by occurs_on, occasion, recipient
        ) as nearness_rank
    from due_dates

)

select
    customers.customer_id,
    gift_givers.gift_score as score,
    case
        when ranked_dates.date_basis = 'calendar' then 'gave_for_this_day'
        else 'gave_for_this_occasion'
    end as reason,
    {{ as_of() }} as as_of,
    ranked_dates.occasion,
    ranked_dates.base_order_id,
    gift_givers.recommendation_list,
    ranked_dates.occurs_on,
    ranked_dates.send_on
from customers
inner join ranked_dates
    on customers.customer_id = ranked_dates.customer_id
    and ranked_dates.nearness_rank = 1
inner join gift_givers on customers.customer_id = gift_givers.customer_id
