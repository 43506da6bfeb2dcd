{% set settings = fromjson('{"rounding": 2, "columns": ["total", "by_card"]}') %}
{% do log('invoices round to ' ~ settings.rounding, info=true) %}

select
    repairs.repair_id,
    payments.total,
    payments.by_card,
    {{ with_vat('payments.total', digits=settings.rounding) }} as total_with_vat,
    {{ with_vat('payments.total') }} as total_with_vat_rounded,
    '{{ tojson(settings["columns"]) }}' as settings_json,
    {{ settings["columns"] | length }} as setting_count
from {{ ref('stg_repairs') }} as repairs
inner join {{ ref('payments_by_kind') }} as payments on repairs.repair_id = payments.repair_id
