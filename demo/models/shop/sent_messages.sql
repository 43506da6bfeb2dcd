-- The mailings each person truly got while they agreed to it, and how the last one ended for those
-- who then had enough. One row per message_key.
with consent_answers as (

    select * from {{ ref('consent_answers') }}
    where is_granted and purpose = 'marketing' and channel in ('email', 'sms')

),

campaign_plan as (

    select * from {{ ref('campaign_plan') }}

),

patient as (

    select
        *,
        -- one in twenty stops it from within a message: the shop's consent log does not always hear
        -- of it
        {{ chance('answer_key', 'stops_mail', 0.05) }} as stops_mail,
        least(withdrawn_at, {{ closes_at() }}, case
            when {{ chance('answer_key', 'stops_mail', 0.05) }}
            then {{ later('answered_at', "date_diff('day', answered_at, " ~ closes_at() ~ ") * "
                ~ draw('answer_key', 'stops_mail_when')) }} end) as ends_at
    from consent_answers

),

sent as (

    select
        patient.customer_number * 128 + campaign_plan.campaign_no as message_key,
        patient.customer_number,
        patient.customer_id,
        patient.person_kind,
        patient.stops_mail,
        campaign_plan.campaign_id,
        campaign_plan.campaign_no,
        campaign_plan.channel,
        campaign_plan.sent_at
    from patient
    inner join campaign_plan
        on
            patient.channel = campaign_plan.channel
            and campaign_plan.sent_at > patient.answered_at
            and campaign_plan.sent_at < patient.ends_at
    where {{ chance('patient.customer_number * 128 + campaign_plan.campaign_no', 'message_sent',
        0.42) }}

)

select
    *,
    0.05 + 0.6 * {{ draw('customer_number', 'opens_mail') }} as open_share,
    {{ chance('customer_number', 'machine_opens', 0.28) }} as opens_by_machine,
    {{ chance('message_key', 'bounces', 0.008) }} as is_bounced,
    stops_mail and campaign_no = max(campaign_no) over (partition by customer_number, channel)
        as is_enough
from sent
where person_kind <> 'guest'
