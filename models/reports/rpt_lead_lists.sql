with leads as (

    select * from {{ ref('seg_lead') }}

)

select
    engagement_tier,
    coalesce(top_viewed_category, 'none') as top_viewed_category,
    count(*) as people,
    count(*) filter (where sub_state = 'welcome') as welcome_people
from leads
group by engagement_tier, coalesce(top_viewed_category, 'none')
