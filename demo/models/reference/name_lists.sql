-- What people call those they give to, as lists to be drawn from. One row per language, recipient.
select
    language,
    recipient,
    list(name order by name_no) as names
from {{ ref('gift_names') }}
group by language, recipient
