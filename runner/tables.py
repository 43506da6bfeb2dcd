"""Rows as text: aligned for people, or as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import NoneType
from typing import Any

Rows = Iterable[Sequence[Any]]


def aligned(columns: Sequence[str], rows: Rows) -> str:
    """A plain table; numbers to the right."""
    cells, is_number = _cells(columns, rows)
    widths = [max(map(len, column)) for column in zip(columns, *cells)]
    lines = [columns, ["-" * width for width in widths], *cells]
    sides = [str.rjust if right else str.ljust for right in is_number]
    padded = ([side(text, width) for side, text, width in zip(sides, line, widths)] for line in lines)
    return "\n".join("  ".join(line).rstrip() for line in padded)


def markdown(columns: Sequence[str], rows: Rows) -> list[str]:
    cells, is_number = _cells(columns, rows)
    rule = ["---:" if right else "---" for right in is_number]
    lines = [columns, rule, *([escaped(each) for each in row] for row in cells)]
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


def _cells(columns: Sequence[str], rows: Rows) -> tuple[list[list[str]], list[bool]]:
    """Texts, and by column: is there nothing but numbers in it?"""
    values = list(rows)
    is_number = [
        bool(values) and all(isinstance(row[at], (int, float, NoneType)) for row in values)
        for at in range(len(columns))
    ]
    return [[cell(value) for value in row] for row in values], is_number
