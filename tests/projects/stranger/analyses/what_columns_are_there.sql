-- an analysis may ask the database; it is never built
{% if execute %}
    {% set names = run_query("select table_name from information_schema.tables").columns[0].values() %}
{% endif %}
select 1
