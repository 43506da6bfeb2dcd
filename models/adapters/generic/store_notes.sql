-- files in the canonical schema need no mapping, so there is nothing to confess
select
    cast(null as varchar) as topic,
    cast(null as varchar) as state,
    cast(null as varchar) as detail,
    cast(null as bigint) as row_count
where false
