"""Nothing published may depend on who people are: swap every identifier, and every published table stays the same.

Free text (messages, ticket bodies) keeps its words: what is read from it is declared, one column at a time.
"""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
PEOPLE = 200

# each keeps what staging may use: equality after cleaning, initials, calling codes; and nothing else
E_MAIL = "case when trim({0}) like '%_@_%._%' then 'x' || md5(lower(trim({0}))) || '@example.org' else {0} end"
PHONE = "regexp_replace({0}, '[0-9]{{2}}$', '') || translate(right({0}, 2), '0123456789', '9876543210')"
CLEAN = "regexp_replace(lower(strip_accents({0})), '[^a-z0-9]', '', 'g')"
WORD = f"case when trim(w) = '' then w else left(w, 1) || md5({CLEAN.format('w')}) end"
NAME = f"array_to_string(list_transform(string_split({{0}}, ' '), lambda w: {WORD}), ' ')"
PLACE = f"case when trim({{0}}) = '' then {{0}} else md5({CLEAN}) end"
KINDS = (
    ("email", E_MAIL),
    ("phone", PHONE),
    ("_name", NAME),
    ("address1", PLACE),
    ("address2", PLACE),
    ("postal_code", PLACE),
)


def coterie(*words: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "runner.cli", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-3000:]


def swapped(table: str, column: str) -> str | None:
    """The expression that replaces an identifier; None for a column that is none."""
    if column == "identifier_value_norm":
        email, phone = E_MAIL.format(column), PHONE.format(column)
        return f"case identifier_type when 'email' then {email} when 'phone' then {phone} else {column} end"
    if table in ("campaigns", "products"):
        return None
    return next((expression.format(column) for word, expression in KINDS if is_of(column, word)), None)


def is_of(column: str, word: str) -> bool:
    return column == word or column.endswith(word) or column in (f"{word}_norm",)


@pytest.fixture(scope="module")
def shops(tmp_path_factory):
    home = tmp_path_factory.mktemp("noninterference")
    coterie("demo", "--customers", str(PEOPLE), "--output", str(home / "plain"), "--truth", str(home / "truth"))
    (home / "swapped").mkdir()
    changed = 0
    with duckdb.connect() as connection:
        for path in sorted((home / "plain").glob("*.parquet")):
            table = path.stem.partition("-")[0]
            names = [row[0] for row in connection.execute(f"describe from '{path}'").fetchall()]
            found = {name: swapped(table, name) for name in names}
            new = [f"{sql} as {name}" for name, sql in found.items() if sql and name != "email_verified"]
            changed += len(new)
            replaced = f"* replace ({', '.join(new)})" if new else "*"
            target = home / "swapped" / path.name
            connection.execute(f"copy (select {replaced} from '{path}') to '{target}' (format parquet)")
    assert changed >= 30
    return home


def test_the_identifiers_really_are_others(shops):
    query = "select count(*) from '{0}/plain/customers-00000.parquet' p join '{0}/swapped/customers-00000.parquet' s"
    query += " using (customer_id) where p.email = s.email or (p.last_name = s.last_name and p.last_name <> '')"
    assert duckdb.sql(query.format(shops)).fetchall() == [(0,)]


def test_everything_published_stays_the_same(shops):
    for shop in ("plain", "swapped"):
        os.environ["COTERIE_KEY_SALT"] = "one salt"
        coterie("build", "--vars", f"{{store_path: {shops / shop}}}", "--target-dir", str(shops / f"target_{shop}"))
    with duckdb.connect() as connection:
        for shop in ("plain", "swapped"):
            path = shops / f"target_{shop}" / "serve" / "coterie.duckdb"
            connection.execute(f"attach '{path}' as {shop} (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'plain' "
            "and schema_name in ('marts', 'segments', 'reports')"
        ).fetchall()
        assert len(tables) > 40
        different = []
        for schema, table in tables:
            left, right = f"plain.{schema}.{table}", f"swapped.{schema}.{table}"
            for one, other in ((left, right), (right, left)):
                if connection.execute(f"from {one} except all from {other}").fetchall():
                    different.append(f"{one} is not {other}")
    assert different == []
