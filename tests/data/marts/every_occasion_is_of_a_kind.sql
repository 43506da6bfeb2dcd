-- an occasion that gift_occasions lacks would be remembered by nobody, and a sad one by mistake
with gift_occasions as (

    select * from {{ ref('gift_occasions') }}

),

named as (

    select occasion, 'lexicon' as named_by from {{ ref('gift_lexicon') }}
    where occasion is not null
    group by occasion

),

days as (

    select event_code, 'calendar' as named_by from {{ ref('calendar_events') }}
    where audience_tag = 'gift_givers'
    group by event_code

)

select named.occasion, named.named_by
from named
left join gift_occasions on named.occasion = gift_occasions.occasion
where gift_occasions.occasion is null
union all
select days.event_code as occasion, days.named_by
from days
left join gift_occasions on days.event_code = gift_occasions.event_code
where gift_occasions.occasion is null
