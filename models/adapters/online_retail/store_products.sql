with lines as (

    select * from {{ ref('online_retail_lines') }}

),

best_described_first as (

    select
        stock_code,
        description,
        is_fee,
        row_number() over (
            partition by stock_code
            -- corrections say "damaged" or "ebay"; a sale carries the name of the product
            order by
                case when line_kind = 'sale' then 0 else 1 end,
                case when description is null then 1 else 0 end,
                invoiced_at desc,
                line_id desc
        ) as line_rank
    from lines

)

select
    stock_code as product_id,
    coalesce(description, stock_code) as title,
    case when is_fee then 'Fees' end as category_path,
    cast(null as varchar) as brand,
    cast(null as varchar) as target_gender,
    cast(null as varchar) as age_group,
    cast(null as boolean) as is_consumable,
    cast(null as integer) as replenishment_days,
    not is_fee as gift_suitable,
    cast(null as boolean) as warranty_eligible,
    cast(null as varchar) as sensitive_category,
    cast(null as timestamp) as launched_at,
    cast('active' as varchar) as status,
    cast(null as timestamp) as _loaded_at
from best_described_first
where line_rank = 1
