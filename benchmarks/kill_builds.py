"""Builders are killed at random moments; the next build must end where an undisturbed one does.

python -m benchmarks.kill_builds [--kills N] [--seed N]

Two folders get the same files night after night. In one of them builders are killed, then one runs to its end; the
other is never disturbed. Every table is compared row for row: replaced ones, growing ones, snapshots.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import click
import duckdb

REPOSITORY = Path(__file__).resolve().parents[1]
KILLS_A_NIGHT = 5
HANG = 120
BATCHED = "materialized: incremental, incremental_strategy: microbatch, begin: 2026-01-01, event_time: happened_at"
FILES = {
    "project.yml": "name: kills\nvars: {as_of: 2026-01-02}\nmodels: {+materialized: table}\n",
    "models/_m.yml": f"""
sources:
  - name: raw
    config: {{external_location: "data/{{name}}-*.parquet"}}
    tables:
      - name: events
        config: {{event_time: happened_at}}
        columns:
          - {{name: event_id, data_type: bigint}}
          - {{name: person, data_type: bigint}}
          - {{name: happened_at, data_type: timestamp}}
models:
  - name: events
    config: {{{BATCHED}, batch_size: hour}}
    columns: [{{name: event_id, data_tests: [unique, not_null]}}]
  - name: appended
    config: {{materialized: incremental, incremental_strategy: append}}
  - name: merged
    config: {{materialized: incremental, incremental_strategy: merge, unique_key: person}}
snapshots:
  - name: people_history
    relation: ref('people')
    config: {{strategy: check, unique_key: person, check_cols: all, hard_deletes: invalidate}}
""",
    "models/events.sql": "select * from {{ source('raw', 'events') }}",
    "models/appended.sql": "select event_id, happened_at from {{ ref('events') }} "
    "{% if is_incremental() %}where happened_at > (select max(happened_at) from {{ this }}){% endif %}",
    "models/merged.sql": "select person, max(event_id) as last_event_id, count(*) as event_count "
    "from {{ ref('events') }} group by person",
    "models/people.sql": "select person, count(*) as event_count from {{ ref('events') }} group by person",
    **{
        f"models/summary_{number:02}.sql": "select person % 7 as part, sum(event_count) as event_count "
        f"from {{{{ ref('people') }}}} where person % {number + 2} = 0 group by all"
        for number in range(100)
    },
}


@dataclass
class Outcome:
    """What the kills hit, and which tables came out otherwise."""

    kills: int = 0
    too_late: int = 0
    """The builder was done before it could be killed."""
    differing: list[str] = field(default_factory=list)
    tables: int = 0
    steps: int = 0
    repeated: list[int] = field(default_factory=list)
    """By night: how many steps the last builder still had to do."""


def run(kills: int, seed: int, folder: Path) -> Outcome:
    chance, outcome = random.Random(seed), Outcome()
    disturbed, quiet = _project(folder / "disturbed"), _project(folder / "quiet")
    for night in range(1, 2 + (kills - 1) // KILLS_A_NIGHT):
        _deliver(night, disturbed, quiet)
        began = time.perf_counter()
        outcome.steps = _built(quiet, night)
        pace = time.perf_counter() - began
        while outcome.kills < min(kills, night * KILLS_A_NIGHT):
            outcome.kills += 1
            outcome.too_late += not _killed(_builder(disturbed, night), chance.uniform(0.2, 0.9) * pace)
        outcome.repeated.append(_built(disturbed, night))
        outcome.differing += [f"night {night}: {table}" for table in _differing(disturbed, quiet, outcome)]
    return outcome


def _project(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def _deliver(night: int, *folders: Path) -> None:
    """A day of events, and some that come a day late."""
    query = (
        f"select {night} * 1000000 + range as event_id, hash({night} * 7919 + range) % 2000 as person, "
        f"timestamp '2026-01-01' + interval ({night} - 1) day + interval (range % 1440) minute "
        f"- interval (case when range % 50 = 0 and {night} > 1 then 1 else 0 end) day as happened_at "
        "from range(20000)"
    )
    with duckdb.connect() as connection:
        for folder in folders:
            connection.execute(f"copy ({query}) to '{folder}/data/events-{night:03}.parquet'")


def _builder(folder: Path, night: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "runner.cli", "build", "--project-dir", str(folder)]
    command += ["--as-of", f"2026-01-{night + 1:02}", "--target-dir", str(folder / "target")]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def _killed(builder: subprocess.Popen[str], after: float) -> bool:
    try:
        builder.communicate(timeout=after)
        return False
    except subprocess.TimeoutExpired:
        builder.kill()
        builder.communicate(timeout=HANG)
        return True


def _built(folder: Path, night: int) -> int:
    """Builds to the end; returns how many steps that took."""
    builder = _builder(folder, night)
    told = builder.communicate(timeout=HANG)[1]
    if builder.returncode:
        raise SystemExit(f"a build failed:\n{told}")
    done = re.search(r"(\d+) ok", told)
    return int(done[1]) if done else 0


def _differing(one: Path, other: Path, outcome: Outcome) -> list[str]:
    """Tables that do not hold the same rows in both warehouses."""
    with duckdb.connect() as connection:
        for folder, name in ((one, "one"), (other, "other")):
            connection.execute(f"attach '{folder}/target/warehouse.duckdb' as {name} (read_only)")
        tables = [
            table
            for (table,) in connection.execute(
                "select table_name from duckdb_tables() where database_name = 'other' and schema_name = 'main'"
            ).fetchall()
        ]
        outcome.tables = len(tables)
        both = "(from {0}.main.{2} except all from {1}.main.{2})"
        return [
            table
            for table in sorted(tables)
            if any(
                connection.execute(f"select count(*) from {both.format(*sides, table)}").fetchone() != (0,)
                for sides in (("one", "other"), ("other", "one"))
            )
        ]


@click.command()
@click.option("--kills", default=100, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(kills: int, seed: int) -> None:
    """Kill builders; compare what the next build makes with what an undisturbed one makes."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(kills, seed, Path(folder))
    print(f"{outcome.kills} kills, seed {seed}; {outcome.too_late} came too late, for all was done")
    print(f"steps left of {outcome.steps} for the build after {KILLS_A_NIGHT} kills, by night: {outcome.repeated}")
    print(f"{outcome.tables} tables compared each night: {len(outcome.differing)} differ")
    for each in outcome.differing:
        print(f"  {each}")
    sys.exit(1 if outcome.differing else 0)


if __name__ == "__main__":
    main()
