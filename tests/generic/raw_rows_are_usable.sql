{# Staging leaves out a row that lacks its key or its moment: this test counts them.
   Example: - raw_rows_are_usable: {arguments: {raw: ref('store_refunds'), keys: [refund_id], moments: [refunded_at]}} #}
{% test raw_rows_are_usable(model, raw, keys, moments=[]) %}
select *
from {{ raw }}
where
    false
    {%- for key in keys %}
    or nullif(trim({{ key }}), '') is null
    {%- endfor %}
    {%- for moment in moments %}
    or {{ moment }} is null
    {%- endfor %}
{% endtest %}
