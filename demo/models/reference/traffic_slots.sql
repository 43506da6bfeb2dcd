-- Where visits come from: a hundred tickets. Campaigns are the paid ones of ad_spend. One row per
-- slot.
select
    cast(row_number() over (order by listed.place, tickets.ticket) - 1 as bigint) as slot,
    listed.acquisition_channel,
    listed.utm_source,
    listed.utm_medium,
    listed.utm_campaign,
    listed.referrer
from (
    values
    (1, 16, 'paid_search', 'google', 'cpc', 'brand_search', 'https://www.google.com/'),
    (2, 12, 'paid_search', 'google', 'cpc', 'gift_ideas_search', 'https://www.google.com/'),
    (3, 6, 'paid_search', 'bing', 'cpc', 'generic_search', 'https://www.bing.com/'),
    (4, 12, 'paid_social', 'meta', 'paid_social', 'prospecting_video',
        'https://www.instagram.com/'),
    (5, 6, 'paid_social', 'meta', 'paid_social', 'retargeting_catalog',
        'https://www.facebook.com/'),
    (6, 4, 'paid_social', 'tiktok', 'paid_social', 'creator_clips', 'https://www.tiktok.com/'),
    (7, 5, 'affiliate', 'partnerize', 'affiliate', 'gift_guides', 'https://guides.example.org/'),
    (8, 8, 'email', 'newsletter', 'email', 'newsletter', null),
    (9, 15, 'organic', null, null, null, 'https://www.google.com/'),
    (10, 4, 'referral', 'friend', 'referral', 'bring_a_friend', null),
    (11, 12, 'direct', null, null, null, null)
) as listed (place, tickets, acquisition_channel, utm_source, utm_medium, utm_campaign, referrer)
cross join lateral unnest(range(listed.tickets)) as tickets (ticket)
