{{ config(severity='error', tags=['sanity']) }}
select * from {{ ref('stg_repairs') }}
where closed_at < opened_at
