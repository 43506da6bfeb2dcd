{{- config(materialized='ephemeral') -}}
select bike_id, owner_id, {{ quoted_list(['city', 'race', 'cargo']) }} as known_kinds, kind
from {{ ref('raw_bikes') }}
