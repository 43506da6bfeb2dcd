-- The names and streets of each language as lists, ready to be drawn from. One row per language.
select
    language,
    list(entry order by entry_no) filter (kind = 'female_name') as female_names,
    list(entry order by entry_no) filter (kind = 'male_name') as male_names,
    list(entry order by entry_no) filter (kind = 'last_name') as last_names,
    list(entry order by entry_no) filter (kind = 'street') as streets
from {{ ref('common_words') }}
group by language
