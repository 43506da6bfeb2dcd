{# Staging leaves out a row that lacks its key or its moment: this test counts them.
   Of a table that grows for ever, `among` says which rows are looked at.
   Example: - raw_rows_are_usable: {arguments: {raw: ref('store_refunds'), keys: [refund_id], moments: [refunded_at]}} #}
{% test raw_rows_are_usable(model, raw, keys, moments=[], among='true') %}
select *
from {{ raw }}
where ({{ among }}) and (
    false
    {%- for key in keys %}
    or nullif(trim({{ key }}), '') is null
    {%- endfor %}
    {%- for moment in moments %}
    or {{ moment }} is null
    {%- endfor %}
)
{% endtest %}
