-- A thousand tickets for the places: a draw of one ticket finds each city as often as its share.
-- One row per slot.
select
    cast(row_number() over (order by places.place_id, tickets.ticket) - 1 as bigint) as slot,
    places.place_id,
from {{ ref('places') }} as places
cross join lateral unnest(range(places.slots)) as tickets (ticket)
