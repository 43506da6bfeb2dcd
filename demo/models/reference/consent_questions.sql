-- What people are asked to agree to, and how they answer: shares of all who were asked. One row per question_no.
select * from (
    values
    (1, 'email', 'marketing', 0.66, 0.15), (2, 'sms', 'marketing', 0.20, 0.25), (3, 'postal', 'marketing', 0.42, 0.10),
    (4, 'ads', 'marketing', 0.28, 0.22), (5, 'push', 'marketing', 0.10, 0.06), (6, 'whatsapp', 'marketing', 0.06, 0.05),
    (7, 'onsite', 'profiling', 0.45, 0.035), (8, 'ads', 'ad_sharing', 0.25, 0.25), (9, 'onsite', 'location', 0.20, 0.30),
    (10, 'onsite', 'search_history', 0.14, 0.30), (11, 'onsite', 'offline_tracking', 0.22, 0.18),
    (12, 'email', 'profiling', 0.30, 0.02)
) as listed (question_no, channel, purpose, granted_share, denied_share)
