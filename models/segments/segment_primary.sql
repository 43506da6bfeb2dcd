with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile

),

-- the order of the catalog: the first rule that holds takes the person
assigned_customers as (

    select
        *,
        case
            when is_invalid then 'excluded_invalid'
            when valid_order_count = 0 and is_known and open_cart_id is not null
                then 'prospect_abandoner'
            when valid_order_count = 0 and (may_email or may_sms) then 'lead'
            when valid_order_count = 1
                and days_since_last_order <= {{ var('new_customer_days') }} then 'new_customer'
            when activity_state in ('at_risk', 'lapsed') and (is_high_value or is_top_clv_quintile)
                then 'at_risk_high_value'
            when is_high_value and has_spend_drop then 'at_risk_high_value'
            when activity_state = 'active' and is_high_value and is_high_frequency
                then 'loyal_high_value'
            when activity_state = 'active' and is_high_frequency then 'frequent_low_value'
            when activity_state = 'active' then 'developing'
            when activity_state = 'lapsed'
                and days_since_last_order > {{ var('non_target_min_days') }}
                and valid_order_count <= {{ var('non_target_max_orders') }}
                and predicted_clv < {{ var('yearly_contact_cost_amount') }}
                and not {{ var('non_target_requires_last_chance') }} then 'non_target'
            when valid_order_count > 0 then 'lapsed'
            else 'unreachable_known'
        end as segment
    from customers

),

sub_states as (

    select
        *,
        case
            when segment = 'lead'
                and {{ as_of() }}
                < signed_up_at + interval '{{ var('welcome_window_hours') }}' hour then 'welcome'
            when segment = 'lead'
                and least(days_since_signed_up, days_since_last_click)
                > {{ var('lead_stale_days') }} then 'stale'
            when segment = 'lead' then 'nurture'
            when segment = 'developing' and is_high_value then 'developing_high'
        end as sub_state,
        case activity_state
            when 'active' then 'buys_in_rhythm'
            when 'at_risk' then 'overdue'
            when 'lapsed' then 'long_overdue'
            else 'everything_returned'
        end as activity_reason,
        case
            when is_high_value then concat('high_', high_value_basis)
            when is_top_clv_quintile then 'top_lifetime_value'
            else 'modest_value'
        end as value_reason,
        case when is_high_value and has_spend_drop then 'spend_drop' end as drop_reason,
        case when valid_order_count = 0 then 'never_bought' end as order_reason
    from assigned_customers

)

select
    customer_id,
    segment,
    sub_state,
    1.0e0 as score,
    case segment
        when 'excluded_invalid' then case when is_test then 'test_account' else 'only_fraud' end
        when 'prospect_abandoner' then concat_ws(',', order_reason, 'open_cart')
        when 'lead' then concat_ws(',', order_reason, 'subscribed', concat('lead_', sub_state))
        when 'new_customer' then 'recent_first_order'
        when 'at_risk_high_value' then concat_ws(',', activity_reason, value_reason, drop_reason)
        when 'loyal_high_value' then concat_ws(',', activity_reason, value_reason, 'buys_often')
        when 'frequent_low_value' then concat_ws(',', activity_reason, 'modest_value', 'buys_often')
        when 'developing' then concat_ws(',', activity_reason, value_reason, 'buys_seldom')
        when 'non_target' then concat_ws(',', activity_reason, 'few_orders', 'below_contact_cost')
        when 'lapsed' then concat_ws(',', activity_reason, value_reason)
        else concat_ws(',', order_reason, 'no_permitted_channel')
    end as reason,
    {{ as_of() }} as as_of
from sub_states
