"""What the verbs print and take: data on stdout, talk on stderr, clocks and vars from the options."""

# ruff: noqa: E501 - a case is easier to compare on one line

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Write
from fresh import Fresh

from runner.errors import AuthorError
from runner.project import overrides

SHOP = {
    "project.yml": 'name: shop\nvars:\n  as_of: "2026-11-01"\n  low: 3\nmodels:\n  +materialized: table\n',
    "models/orders.sql": "select * from (values (1, 'a', 2.5), (2, 'b', null)) as t(order_id, customer_id, amount)",
    "models/totals.sql": """with orders as (

    select * from {{ ref('orders') }}

),

large as (

    select order_id, amount from orders where amount > 1

)

select count(*) as order_count, '{{ var('as_of') }}' as as_of, {{ var('low') }} as low from large
""",
    "models/_m.yml": "models:\n  - name: orders\n    columns:\n      - name: order_id\n        data_tests: [unique]\n",
}


# --vars and --as-of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-01", "2026-11-01"),
        ("20261101", "2026-11-01"),
        ("2024-02-29", "2024-02-29"),
        ("2026-11-01T06:30", "2026-11-01 06:30:00"),
        ("2026-11-01 06:30:15", "2026-11-01 06:30:15"),
        ("2026-11-01T06:30:15.250", "2026-11-01 06:30:15.250000"),
        # other time zones become UTC
        ("2026-11-01T00:30+02:00", "2026-10-31 22:30:00"),
        ("2026-11-01T06:30Z", "2026-11-01 06:30:00"),
    ],
)
def test_the_clock_is_a_date_or_a_moment_in_utc(text: str, value: str) -> None:
    assert overrides(None, text) == {"as_of": value}


def test_today_is_todays_date_in_utc() -> None:
    before = datetime.now(UTC).date().isoformat()
    told = overrides(None, "today")["as_of"]
    assert told in (before, datetime.now(UTC).date().isoformat())


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-02-29", "2026-13-01", "01/11/2026", "2026", "now()", "2026-11-01T25:00"]
)  # fmt: skip
def test_what_is_no_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(AuthorError) as caught:
        overrides(None, text)
    assert "for example 2026-11-01" in caught.value.hint
    assert str(caught.value.place).startswith("--as-of")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{store: online_retail}", {"store": "online_retail"}),
        ("store: a\nstore_path: b c", {"store": "a", "store_path": "b c"}),
        ('{"low": 3, "is_on": true, "words": ["a", "b"]}', {"low": 3, "is_on": True, "words": ["a", "b"]}),
        ("{nothing: }", {"nothing": None}),
        ("{}", {}),
    ],
)  # fmt: skip
def test_vars_are_yaml_or_json(text: str, value: dict[str, object]) -> None:
    assert overrides(text, None) == value


@pytest.mark.parametrize("text", ["store", "[store]", "3", "", "{store: [}", "{a: 1, a: 2}"])
def test_vars_that_are_no_mapping_are_refused(text: str) -> None:
    with pytest.raises(AuthorError) as caught:
        overrides(text, None)
    assert str(caught.value.place).startswith("--vars")


def test_bytes_that_are_no_text_are_refused_like_other_bad_yaml(coterie: Fresh, write: Write) -> None:
    ended = coterie(write(SHOP), "ls", "--vars", "{low: \udcff}")  # how Python passes on a stray byte
    assert ended.exit_code == 2
    assert "Traceback" not in ended.stderr
    assert ended.stderr.startswith("--vars:1:")


def test_as_of_wins_over_vars() -> None:
    assert overrides("{as_of: 2020-01-01}", "2021-01-01") == {"as_of": "2021-01-01"}


def test_a_date_in_vars_is_the_same_text_as_in_as_of(coterie: Fresh, write: Write) -> None:
    """YAML reads 2020-01-31 as a date; the SQL must not differ from --as-of 2020-01-31."""
    folder = write(SHOP)
    by_vars = coterie(folder, "show", "totals", "--sql", "--vars", "{as_of: 2020-01-31}")
    by_option = coterie(folder, "show", "totals", "--sql", "--as-of", "2020-01-31")
    assert "'2020-01-31' as as_of" in by_vars.stdout
    assert by_vars.stdout == by_option.stdout


# ls


def test_ls_prints_names_in_build_order_and_nothing_else(coterie: Fresh, write: Write) -> None:
    ended = coterie(write(SHOP), "ls")
    assert ended.stdout.split("\n") == ["orders", "totals", "unique_orders_order_id", ""]
    assert ended.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["totals"], ["totals"]),
        (["--select", "totals"], ["totals"]),
        (["-s", "totals", "orders"], ["orders", "totals", "unique_orders_order_id"]),
        (["+totals", "--exclude", "totals"], ["orders", "unique_orders_order_id"]),
        (["--exclude", "unique_orders_order_id", "--exclude", "totals"], ["orders"]),
        (["--exclude", "orders+"], []),
    ],
)
def test_ls_takes_selections_as_words_and_options(
    coterie: Fresh, write: Write, arguments: list[str], names: list[str]
) -> None:
    assert coterie(write(SHOP), "ls", *arguments).stdout.split() == names


def test_a_project_is_found_by_option(coterie: Fresh, write: Write, tmp_path: Path) -> None:
    folder = write({f"deep/{path}": text for path, text in SHOP.items()})
    ended = coterie(folder, "ls", "orders", "--project-dir", "deep")
    assert ended.stdout.split() == ["orders", "unique_orders_order_id"]


# show


@pytest.fixture
def built(coterie: Fresh, write: Write) -> Path:
    folder = write(SHOP)
    assert coterie(folder, "build").exit_code == 0
    return folder


def test_show_prints_rows_numbers_to_the_right_and_null_as_nothing(coterie: Fresh, built: Path) -> None:
    ended = coterie(built, "show", "orders")
    assert ended.stderr == ""
    lines = ended.stdout.splitlines()
    assert lines[0].split() == ["order_id", "customer_id", "amount"]
    assert set(lines[1]) == {"-", " "}
    assert [line.split() for line in lines[2:]] == [["1", "a", "2.5"], ["2", "b"]]
    assert lines[2].startswith("       1")


@pytest.mark.parametrize(("limit", "count"), [("0", 0), ("1", 1), ("2", 2), ("9", 2)])
def test_show_prints_at_most_limit_rows(coterie: Fresh, built: Path, limit: str, count: int) -> None:
    ended = coterie(built, "show", "orders", "--limit", limit)
    assert len(ended.stdout.splitlines()) == 2 + count


def test_show_sql_prints_what_would_run_and_needs_nothing_built(coterie: Fresh, write: Write) -> None:
    ended = coterie(write(SHOP), "show", "totals", "--sql")
    assert '    select * from "main"."orders"\n' in ended.stdout
    assert "'2026-11-01' as as_of, 3 as low from large" in ended.stdout
    assert "{{" not in ended.stdout
    assert coterie(write(SHOP), "show", "unique_orders_order_id", "--sql").stdout.startswith("select")


@pytest.mark.parametrize(("cte", "told"), [("orders", [["1", "a", "2.5"], ["2", "b"]]), ("large", [["1", "2.5"]])])
def test_show_cte_prints_the_rows_of_that_step(coterie: Fresh, built: Path, cte: str, told: list[list[str]]) -> None:
    ended = coterie(built, "show", "totals", "--cte", cte)
    assert [line.split() for line in ended.stdout.splitlines()[2:]] == told


CTES = {
    "recursive": (
        "with recursive n as (select 1 as i union all select i + 1 from n where i < 3) select max(i) as i from n",
        "n",
        ["1", "2", "3"],
    ),
    "materialized": ("with a as materialized (select 1 as i) select i + 1 as i from a", "a", ["1"]),
    "nested": (
        "with a as (with b as (select 5 as i) select i from b) select i * 2 as i from a",
        "a",
        ["5"],
    ),
    "columns": ("with a(i) as (select 4) from a", "a", ["4"]),
    "quoted": ('with "A b" as (select 6 as i) select i from "A b"', "A b", ["6"]),
    "strings": ("with a as (select ') select' as i) select 1 as i from a", "a", [")", "select"]),
    "comment": ("-- with\nwith a as (select 7 as i) -- select\n/* select */ select 1 as i from a", "a", ["7"]),
    "parentheses": ("with a as (select 8 as i) (select 1 as i from a)", "a", ["8"]),
    "union": ("with a as (select 9 as i) select 1 as i union all select i from a", "a", ["9"]),
    "last one": ("with a as (select 1 as i), b as (select i + 1 as i from a) select 0 as i from b", "b", ["2"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CTES)
def test_show_cte_understands_every_kind_of_with(coterie: Fresh, write: Write, case: str) -> None:
    text, cte, told = CTES[case]
    folder = write({"models/m.sql": text})
    built = coterie(folder, "build")
    assert built.exit_code == 0, built.stderr
    ended = coterie(folder, "show", "m", "--cte", cte)
    assert ended.exit_code == 0, ended.stderr
    assert ended.stdout.split()[2:] == told


def test_show_cte_of_an_unknown_step_names_the_nearest(coterie: Fresh, built: Path) -> None:
    ended = coterie(built, "show", "totals", "--cte", "larg")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "`totals` has no CTE `larg`" in ended.stderr
    assert "did you mean `large`?" in ended.stderr


def test_show_of_an_ephemeral_model_shows_its_rows(coterie: Fresh, write: Write) -> None:
    folder = write({**SHOP, "models/e.sql": "{{ config(materialized='ephemeral') }}select order_id + 5 as n from {{ ref('orders') }}"})  # fmt: skip
    coterie(folder, "build")
    ended = coterie(folder, "show", "e")
    assert ended.exit_code == 0, ended.stderr
    assert ended.stdout.split()[2:] == ["6", "7"]


def test_show_tells_what_to_build_first(coterie: Fresh, write: Write) -> None:
    folder = write(SHOP)
    coterie(folder, "build", "orders")
    ended = coterie(folder, "show", "totals")
    assert ended.exit_code in (2, 3)
    assert "coterie build +totals" in ended.stderr


def test_show_reads_seeds_and_sources_too(coterie: Fresh, write: Write) -> None:
    folder = write(
        {
            "seeds/countries.csv": "country\nGB\n",
            "data/o.csv": "id\n7\n",
            "models/_s.yml": "sources: [{name: raw, config: {external_location: 'data/{name}.csv'}, tables: [{name: o}]}]",
            "models/m.sql": "select * from {{ source('raw', 'o') }}",
        }
    )
    coterie(folder, "build")
    assert coterie(folder, "show", "countries").stdout.split() == ["country", "-------", "GB"]
    assert coterie(folder, "show", "raw.o").stdout.split() == ["id", "--", "7"]


def test_output_may_be_cut_off_by_a_pipe(coterie: Fresh, built: Path) -> None:
    """A reader that closes the pipe early, as `head` does, is no error."""
    import subprocess
    import sys

    command = f"{sys.executable} -m runner.cli show orders | head -1; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", command], cwd=built, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    assert ended.returncode == 0


# plan


def reasons(coterie: Fresh, folder: Path, *arguments: str) -> dict[str, str]:
    ended = coterie(folder, "plan", *arguments)
    assert ended.exit_code == 0, ended.stderr
    parts = [line.split(maxsplit=2) for line in ended.stdout.splitlines()]
    return {name: reason for _, name, reason in parts}


SOURCED = {
    **SHOP,
    "models/_s.yml": "sources: [{name: raw, config: {external_location: 'data/{name}.csv'}, tables: [{name: visits, columns: [{name: id, data_type: integer}]}]}]",
    "models/visits.sql": "select id from {{ source('raw', 'visits') }}",
    "data/visits.csv": "id\n1\n",
    "seeds/countries.csv": "country\nGB\n",
}


def test_everything_is_new_before_the_first_build(coterie: Fresh, write: Write) -> None:
    folder = write(SOURCED)
    assert set(reasons(coterie, folder).values()) == {"new"}
    assert not (folder / "target").exists()


def test_nothing_changed_is_told_as_unchanged(coterie: Fresh, write: Write) -> None:
    folder = write(SOURCED)
    coterie(folder, "build")
    assert set(reasons(coterie, folder).values()) == {"unchanged"}
    other_threads = reasons(coterie, folder, "--threads", "1")
    assert set(other_threads.values()) == {"unchanged"}


@pytest.mark.parametrize(
    ("path", "text", "changed"),
    [
        ("models/orders.sql", "select 1 as order_id, 'a' as customer_id, 2.5 as amount",
         {"orders": "SQL changed", "totals": "upstream changed: orders"}),
        ("models/totals.sql", "select 1 as order_count from {{ ref('orders') }}",
         {"totals": "SQL changed"}),
        ("seeds/countries.csv", "country\nIE\n", {"countries": "rows changed"}),
        ("data/visits.csv", "id\n1\n2\n",
         {"raw.visits": "files changed", "visits": "upstream changed: raw.visits"}),
        ("models/fresh.sql", "select 1 as id", {"fresh": "new"}),
        ("models/_m.yml", "models:\n  - name: orders\n    description: Other words.\n", {}),
    ],
)  # fmt: skip
def test_a_change_is_told_with_what_follows_from_it(
    coterie: Fresh, write: Write, path: str, text: str, changed: dict[str, str]
) -> None:
    folder = write(SOURCED)
    coterie(folder, "build")
    (folder / path).write_text(text, encoding="utf-8")
    told = {name: why for name, why in reasons(coterie, folder).items() if why != "unchanged"}
    assert told == changed


def test_a_touched_clock_or_var_changes_what_reads_it(coterie: Fresh, write: Write) -> None:
    folder = write(SHOP)
    coterie(folder, "build")
    clock = {"orders": "unchanged", "totals": "as_of: 2026-11-01 -> 2026-11-02"}
    assert reasons(coterie, folder, "--as-of", "2026-11-02") == clock
    var = {"orders": "unchanged", "totals": "var low: 3 -> 4"}
    assert reasons(coterie, folder, "--vars", "{low: 4}") == var


def test_a_plan_shows_only_what_is_selected(coterie: Fresh, write: Write) -> None:
    folder = write(SHOP)
    assert reasons(coterie, folder, "totals") == {"totals": "new"}
    assert reasons(coterie, folder, "--exclude", "totals") == {"orders": "new"}


def test_a_plan_changes_nothing(coterie: Fresh, built: Path) -> None:
    warehouse = built / "target" / "warehouse.duckdb"
    before = (warehouse.stat().st_mtime_ns, sorted(os.listdir(built / "target")))
    coterie(built, "plan")
    assert (warehouse.stat().st_mtime_ns, sorted(os.listdir(built / "target"))) == before


# test


def test_tests_of_tables_that_are_not_built_are_not_passed_over_in_silence(coterie: Fresh, write: Write) -> None:
    folder = write({**SHOP, "seeds/countries.csv": "country\nGB\n"})
    coterie(folder, "build", "countries")
    ended = coterie(folder, "test")
    assert "unique_orders_order_id" in ended.stderr or "orders" in ended.stderr
    assert "build" in ended.stderr


def test_nothing_but_data_goes_to_stdout(coterie: Fresh, write: Write) -> None:
    folder = write(SHOP)
    for verb in ("check", "build", "test"):
        ended = coterie(folder, verb)
        assert (ended.exit_code, ended.stdout) == (0, ""), verb
        assert ended.stderr
