with big_spenders as (

    select * from {{ ref('seg_big_spender') }}

),

one_timers as (

    select * from {{ ref('seg_one_timer') }}

)

select 'big_spender' as segment, customer_id, score, reason, build_stamp from big_spenders
union all
select 'one_timer' as segment, customer_id, score, reason, build_stamp from one_timers
