with visitor_days as (

    select * from {{ ref('visitor_days') }}

),

visitors as (

    select
        anonymous_id,
        min(visited_on) as first_visited_on,
        min(visited_on) filter (where signup_count > 0) as first_signed_up_on
    from visitor_days
    group by anonymous_id

)

select
    {{ month_of('first_visited_on') }} as month_on,
    count(*) as new_visitor_count,
    count(*) filter (
        where {{ month_of('first_signed_up_on') }} = {{ month_of('first_visited_on') }}
    ) as subscribed_visitor_count
from visitors
group by {{ month_of('first_visited_on') }}
