select repairs.repair_id
from {{ ref('stg_repairs') }} as repairs
left join {{ ref('invoices') }} as invoices on repairs.repair_id = invoices.repair_id
where repairs.state = 'done' and coalesce(invoices.total, 0) <= 0
