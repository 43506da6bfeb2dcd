select columns('e.*') from {{ ref('stg_customers') }}
