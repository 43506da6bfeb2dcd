{{ config(severity='warn') }}
select * from {{ ref('order_facts') }}
where amount > {{ var('usual_amount') }}
