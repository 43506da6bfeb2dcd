"""Rows as text: aligned for people, or as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Rows = Iterable[Sequence[Any]]


def aligned(columns: Sequence[str], rows: Rows) -> list[str]:
    """A plain table; numbers to the right."""
    values = [list(row) for row in rows]
    cells = [[cell(value) for value in row] for row in values]
    widths = [max([len(name), *(len(row[at]) for row in cells)]) for at, name in enumerate(columns)]
    is_number = _numbers(columns, values)
    lines = [list(columns), ["-" * width for width in widths], *cells]
    return [
        "  ".join(
            text.rjust(width) if right else text.ljust(width) for text, width, right in zip(line, widths, is_number)
        ).rstrip()
        for line in lines
    ]


def markdown(columns: Sequence[str], rows: Rows) -> list[str]:
    values = [list(row) for row in rows]
    rule = ["---:" if right else "---" for right in _numbers(columns, values)]
    lines = [list(columns), rule, *([escaped(cell(value)) for value in row] for row in values)]
    return ["| " + " | ".join(line) + " |" for line in lines]


def escaped(text: str) -> str:
    """Text that Markdown must take as it is."""
    for sign, instead in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("`", "\\`"), ("*", "\\*"), ("_", "\\_")):
        text = text.replace(sign, instead)
    return " ".join(text.split())


def cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return str(value).replace("\n", " ")


def _numbers(columns: Sequence[str], rows: list[list[Any]]) -> list[bool]:
    """By column: is there nothing but numbers in it?"""
    return [
        bool(rows) and all(isinstance(row[at], (int, float)) or row[at] is None for row in rows)
        for at in range(len(columns))
    ]
