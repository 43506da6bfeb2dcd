with store_reviews as (

    select * from {% call latest_versions(
        ref('store_reviews'),
        'trim(review_id)',
        'replied_at desc nulls last, created_at, customer_id, product_id, rating'
    ) %}
        trim(review_id) <> ''
        and created_at < {{ as_of() }}
    {% endcall %} as store_reviews

)

select
    {{ clean('review_id') }} as review_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('product_id') }} as product_id,
    {{ clean('order_id') }} as order_id,
    {{ clean('body') }} as body,
    rating,
    coalesce(has_media, false) as has_media,
    created_at,
    {{ until_as_of('replied_at') }} as replied_at
from store_reviews
