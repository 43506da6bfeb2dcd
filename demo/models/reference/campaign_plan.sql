-- The mailings of the shop: one every fortnight, each sixth by text message. One row per
-- campaign_no.
with numbers as (

    select unnest(range(1, 79)) as campaign_no

)

select
    campaign_no,
    'CMP' || lpad(campaign_no::varchar, 3, '0') as campaign_id,
    case when campaign_no % 6 = 0 then 'sms' else 'email' end as channel,
    timestamp '2023-11-07 09:00:00' + to_days(cast(14 * (campaign_no - 1) as integer)) as sent_at,
    list_value('Newsletter', 'New arrivals', 'Gift guide', 'Seasonal offer')[1 + campaign_no % 4]
        || ' ' || campaign_no as name
from numbers
