{#- one column for each kind of payment, as many projects have it -#}
{%- set kinds = var('payment_kinds') -%}
{%- set labels = dict(zip(kinds, ['by_card', 'by_cash', 'by_voucher'])) -%}

select
    repair_id,
    {% for kind in kinds -%}
    sum(case when kind = '{{ kind }}' then amount else 0 end) as {{ labels[kind] }},
    {% endfor -%}
    sum(amount) as total
from {{ ref('workshop', 'stg_payments') }}
group by 1
