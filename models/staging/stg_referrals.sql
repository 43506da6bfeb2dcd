with store_referrals as (

    select * from {% call latest_versions(
        ref('store_referrals'),
        'trim(referral_id)',
        'rewarded_at desc nulls last, invited_at, referrer_customer_id, friend_customer_id, status'
    ) %}
        trim(referral_id) <> ''
        and invited_at < {{ as_of() }}
    {% endcall %} as store_referrals

)

select
    {{ clean('referral_id') }} as referral_id,
    {{ clean('referrer_customer_id') }} as referrer_customer_id,
    {{ clean('friend_customer_id') }} as friend_customer_id,
    {{ clean('order_id') }} as order_id,
    {{ upper_code('code') }} as code,
    {{ lower_code('status') }} as status,
    invited_at,
    {{ until_as_of('rewarded_at') }} as rewarded_at
from store_referrals
