with reviews as (

    select * from {{ ref('stg_reviews') }}
    where rating <= {{ var('low_rating_max_stars') }}

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

)

select
    accounts.customer_id,
    max({{ local_date('reviews.created_at') }}) as last_reviewed_on
from reviews
inner join accounts on reviews.customer_id = accounts.source_id
group by accounts.customer_id
