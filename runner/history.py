"""What each step cost when it was last made for a published version. Reads records, writes none."""

from __future__ import annotations

from dataclasses import dataclass

from runner.state import SCHEMA
from runner.warehouse import Cursor

LAST_MADE = f"""
select distinct on (step.name) step.name, step.seconds, step.row_count, step.bytes
from {SCHEMA}.run_steps as step inner join {SCHEMA}.runs as run on step.run_id = run.run_id
where run.published and step.status in ('ok', 'warned')
order by step.name, run.started_at desc, run.run_id desc
"""
"""Not simply the last published run: what that one found unchanged, it did not make."""


@dataclass(frozen=True)
class EarlierStep:
    seconds: float | None = None
    rows: int | None = None
    bytes: int | None = None


def earlier_steps(cursor: Cursor) -> dict[str, EarlierStep]:
    """By step; nothing where no run was published yet."""
    return {name: EarlierStep(*cost) for name, *cost in cursor.rows(LAST_MADE)}
