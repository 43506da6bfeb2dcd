with signals as (

    select * from {{ ref('gift_signal_weights') }}

),

segment_reasons as (

    select * from {{ ref('segment_reasons') }}

)

select signals.code
from signals
left join segment_reasons on signals.code = segment_reasons.reason_code
where segment_reasons.reason_code is null
