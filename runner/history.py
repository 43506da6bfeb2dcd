"""What each step cost when it was last made for a published version. Reads records, writes none."""

from __future__ import annotations

from dataclasses import dataclass

from runner.config import stored
from runner.warehouse import Cursor


@dataclass(frozen=True)
class EarlierStep:
    seconds: float | None = None
    rows: int | None = None
    bytes: int | None = None


def earlier_steps(cursor: Cursor) -> dict[str, EarlierStep]:
    """By step; nothing where no run was published yet."""
    return {name: EarlierStep(*cost) for name, *cost in cursor.rows(stored("records.yml")["queries"]["last_made"])}
