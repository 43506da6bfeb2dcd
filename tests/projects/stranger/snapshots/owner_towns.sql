{% snapshot owner_towns %}

{{ config(
    target_schema = 'archive',
    unique_key = 'owner_id',
    strategy = 'timestamp',
    updated_at = 'seen_at'
) }}

select
    owner_id,
    town,
    cast(joined_on as timestamp) as seen_at
from {{ ref('raw_owners') }}

{% endsnapshot %}
