{# A warning only: a shop may be too young, or send everything to the bill's address. #}
{{ config(severity='warn') }}

with weights as (

    select * from {{ ref('gift_signal_weights') }}
    where enabled and not optional

),

codes_seen as (

    select signal_code from {{ ref('gift_signals') }}
    group by signal_code

)

select weights.code
from weights
left join codes_seen on weights.code = codes_seen.signal_code
where codes_seen.signal_code is null
