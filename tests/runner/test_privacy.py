"""No direct identifier reaches a mart, however the SQL carries it; what only counts people may pass.

All forms stand in one project, each a mart of its own, and one `check` judges them all.
"""

# ruff: noqa: E501 - a case is easier to compare on one line

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Write
from fresh import Fresh

PEOPLE = "{{ ref('stg_people') }}"
KEYS = "{{ ref('stg_keys') }}"
FILES = {
    "project.yml": """
name: shop
models:
  shop:
    staging:
      +schema: staging
      +meta: {may_hold_identifiers: true}
    marts:
      +schema: marts
      +materialized: table
serve:
  include: [marts]
""",
    "macros/keys.sql": "{% macro identity_key(column) %}sha256('salt' || {{ column }}){% endmacro %}",
    "models/staging/_sources.yml": """
sources:
  - name: shop
    tables:
      - name: people
        columns:
          - {name: person_id, data_type: integer}
          - {name: email, data_type: varchar, meta: {pii: direct}}
          - {name: phones, data_type: "varchar[]", meta: {pii: direct}}
          - {name: city, data_type: varchar}
          - {name: born_on, data_type: date, meta: {pii: direct}}
""",
    "models/staging/stg_people.sql": "select * from {{ source('shop', 'people') }}",
    "models/staging/stg_keys.sql": "select person_id, {{ identity_key('email') }} as email_key from "
    "{{ ref('stg_people') }}",
    "models/staging/_models.yml": """
models:
  - name: stg_keys
    columns:
      - {name: email_key, meta: {pii: key}}
""",
}

LEAKS = {
    "plain": "select email from {people}",
    "renamed": "select email as nickname from {people}",
    "star": "select * from {people}",
    "table_star": "select p.* from {people} as p",
    "star_exclude": "select * exclude (email, phones) from {people}",
    "star_replace": "select * exclude (email, phones, born_on) replace (upper(email) as city) from {people}",
    "upper_case": "select EMAIL from {people}",
    "quoted": 'select "Email" as x from {people}',
    "part_of_it": "select left(email, 3) as start from {people}",
    "hashed_by_hand": "select md5(email) as id from {people}",
    "concatenated": "select city || ' ' || email as x from {people}",
    "in_a_case": "select case when city = 'a' then email end as x from {people}",
    "coalesced": "select coalesce(city, email) as x from {people}",
    "date": "select born_on from {people}",
    "year": "select year(born_on) as x from {people}",
    "list": "select phones from {people}",
    "list_element": "select phones[1] as x from {people}",
    "unnested": "select unnest(phones) as x from {people}",
    "unnested_beside": "select t.phone from {people} as p, unnest(p.phones) as t(phone)",
    "lambda": "select list_transform(phones, lambda x: x || '!') as x from {people}",
    "aggregated": "select city, max(email) as x from {people} group by city",
    "listed": "select city, list(email) as x from {people} group by city",
    "joined_words": "select string_agg(email, ',') as x from {people}",
    "windowed": "select lag(email) over (order by person_id) as x from {people}",
    "through_a_cte": "with a as (select email as x from {people}), b as (select x as y from a) select y from b",
    "cte_with_columns": "with a(x, y) as (select person_id, email from {people}) select y from a",
    "through_a_subquery": "select x from (select email as x from {people})",
    "alias_with_columns": "select y from (select person_id, email from {people}) as t(x, y)",
    "scalar_subquery": "select (select max(email) from {people}) as x",
    "correlated_subquery": "select person_id, (select p.email from {people} as p where p.person_id = k.person_id) as x from {keys} as k",
    "lateral": "select l.x from {people} as p, lateral (select p.email as x) as l",
    "union": "select city as x from {people} union all select email from {people}",
    "union_by_name": "select city as x from {people} union all by name select email as x from {people}",
    "except": "select email from {people} except select 'a'",
    "joined": "select k.person_id, p.email from {keys} as k inner join {people} as p using (person_id)",
    "joined_by_it": "select email from {people} as a inner join {people} as b using (email)",
    "natural_join": "select email from {people} as a natural join {people} as b",
    "recursive": "with recursive r as (select 1 as n, email as x from {people} union all select n + 1, x from r where n < 2) select n, x from r",
    "struct": "select {{'a': email}} as x from {people}",
    "struct_field": "select s.a as x from (select {{'a': email}} as s from {people})",
    "row": "select row(city, email) as x from {people}",
    "whole_row": "select p as x from {people} as p",
    "whole_row_as_text": "select p::varchar as x from {people} as p",
    "whole_row_as_json": "select to_json(p) as x from {people} as p",
    "whole_row_hashed": "select hash(p)::varchar as x from {people} as p",
    "whole_row_listed": "select list(p) as x from {people} as p",
    "whole_row_at_its_most": "select arg_max(p, person_id) as x from {people} as p",
    "whole_row_of_the_model": "select stg_people as x from {people}",
    "whole_row_of_a_cte": "with a as (select email, city from {people}) select a as x from a",
    "whole_row_of_a_subquery": "select t as x from (select email, city from {people}) as t",
    "whole_row_in_a_subquery": "select (select p) as x from {people} as p",
    "columns_by_pattern": "select columns('^email') from {people}",
    "columns_by_star": "select max(columns(*)) from {people}",
    "columns_beside_a_count": "select printf('%s %d', columns('^email'), count(*) over ()) as x from {people}",
    "star_in_a_list": "select list_value(*columns('^email')) as x from {people}",
    "distinct_on": "select distinct on (city) email from {people}",
    "from_first": "from {people} select email",
    "only_from": "from {people}",
    "pivoted": "from (pivot {people} on city in ('a', 'b') using max(email) group by person_id)",
    "pivoted_names": "select * from (unpivot (select person_id, email from {people}) on email)",
    "filtered_aggregate": "select max(email) filter (where city = 'a') as x from {people}",
    "ordered_aggregate": "select first(email order by person_id) as x from {people}",
    "map": "select map([city], [email]) as x from {people}",
    "histogram": "select histogram(email) as x from {people}",
    "group_by_all": "select email, count(*) as n from {people} group by all",
    "qualified_alias": "select person_id, email as x from {people} qualify row_number() over (partition by x order by person_id) = 1",
    "alias_reused": "select lower(email) as x, x || '!' as y, 1 as n from {people}",
    "through_a_mart": "select x from {{{{ ref('harmless_city') }}}} inner join (select email as x from {people}) on true",
    "key": "select email_key from {keys}",
    "key_renamed": "select email_key as id from {keys}",
    "key_shortened": "select left(email_key, 8) as id from {keys}",
    "key_in_a_list": "select list(email_key) as ids from {keys}",
    "key_as_number": "select ('0x' || left(email_key, 8))::bigint::varchar as id from {keys}",
    # an answer about a person is refused as well, until the column declares that it declassifies
    "ranked_by_it": "select person_id, row_number() over (order by email) as n from {keys} inner join {people} using (person_id)",
    "existence": "select person_id, exists (select 1 from {people} as q where q.email = p.email) as x from {people} as p",
    "presence": "select email is not null as has_email from {people}",
}
HARMLESS = {
    "harmless_city": "select person_id, city from {people}",
    "harmless_cte": "with p as (select * from {people}) select p.person_id, p.city from p",
    "filter_by_it": "select person_id from {people} where email like '%.org'",
    "join_by_it": "select a.person_id from {people} as a inner join {people} as b on a.email = b.email",
    "count_of_rows": "select city, count(*) as n from {people} group by city",
    "count_in_an_expression": "select city, count(*) + 1 as n from {people} group by city",
    "name_like_the_table": "select stg_people.city as stg_people from {people}",
    "a_column_called_like_an_alias": "select p.city as p from {people} as p",
    "keys_compared": "select a.person_id, a.email_key = b.email_key as is_same from {keys} as a cross join {keys} as b",
    "keys_counted": "select count(distinct email_key) as n from {keys}",
}  # fmt: skip


@pytest.fixture(scope="module")
def verdicts(coterie: Fresh, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """By mart: what `check` says of it."""
    folder: Path = tmp_path_factory.mktemp("shop")
    marts = {
        f"models/marts/{name}.sql": sql.format(people=PEOPLE, keys=KEYS) for name, sql in {**LEAKS, **HARMLESS}.items()
    }
    for path, text in {**FILES, **marts}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    ended = coterie(folder, "check")
    assert "Traceback" not in ended.stderr, ended.stderr
    found: dict[str, str] = {}
    for line in ended.stderr.splitlines():
        told = re.match(r"models/marts/(\w+)\.sql:\d+:\d+: error: (.*)", line)
        if told:
            found.setdefault(told[1], told[2])
    return found


@pytest.mark.parametrize("form", LEAKS)
def test_an_identifier_is_stopped_in_every_form(verdicts: dict[str, str], form: str) -> None:
    assert form in verdicts
    words = ("direct identifier", "cannot be traced", "identity key")
    assert any(word in verdicts[form] for word in words), verdicts[form]


@pytest.mark.parametrize("form", HARMLESS)
def test_what_shows_no_identifier_passes(verdicts: dict[str, str], form: str) -> None:
    assert form not in verdicts, verdicts[form]


@pytest.mark.parametrize(
    ("origin", "exit_code"), [("stg_people.email", 0), ("shop.people.email", 0), ("stg_people.phones", 2)]
)
def test_a_column_may_declare_which_identifier_it_declassifies(
    coterie: Fresh, write: Write, origin: str, exit_code: int
) -> None:
    folder = write(
        {
            **FILES,
            "models/marts/reach.sql": f"select email is not null as has_email from {PEOPLE}",
            "models/marts/_marts.yml": "models:\n  - name: reach\n    columns:\n"
            f"      - {{name: has_email, meta: {{declassifies: [{origin}]}}}}\n",
        }
    )
    ended = coterie(folder, "check")
    assert ended.exit_code == exit_code, ended.stderr


def test_a_build_refuses_what_check_refuses(coterie: Fresh, write: Write) -> None:
    """Who never runs `check` must not publish an identifier either."""
    data = {"data/people.csv": "person_id,email,phones,city,born_on\n1,x,,a,2000-01-01\n"}
    sources = FILES["models/staging/_sources.yml"].replace(
        "  - name: shop\n", "  - name: shop\n    config: {external_location: 'data/{name}.csv'}\n"
    )
    mart = {"models/marts/leak.sql": f"select lower(email) as nickname from {PEOPLE}"}
    folder = write({**FILES, **data, **mart, "models/staging/_sources.yml": sources})
    ended = coterie(folder, "build")
    assert ended.exit_code == 2, ended.stderr
    assert "would show a direct identifier" in ended.stderr
    assert not (folder / "target" / "serve" / "coterie.duckdb").exists()
