"""What the engine's complaint means in our words: a bad CSV cell, the name that was meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.errors import CoterieError, DataError, Place, did_you_mean


def suggestion(details: Mapping[str, Any]) -> str:
    name, candidates = (str(details.get(key, "")) for key in ("name", "candidates"))
    if not name or not candidates or "(" in candidates:
        return ""
    known = [each.strip().strip('"').rpartition(".")[2] for each in candidates.split(",")]
    if details.get("error_subtype") == "COLUMN_NOT_FOUND":
        return did_you_mean(name, known, "columns near that name: " + ", ".join(known))
    return did_you_mean(name, known)


_FAULTS = ("Error when converting", "Expected Number of", "Value with unterminated", "Invalid unicode", "Maximum line")


def csv_error(message: str) -> CoterieError:
    """A bad cell or row, placed in the CSV file itself."""
    lines = message.split("\n")
    line = int(lines[0].rpartition(":")[2] or 1)
    original = lines[1].partition("Original Line: ")[2]
    path = next((each.partition("= ")[2] for each in lines if each.startswith("  file = ")), "")
    known = (each for each in lines[2:] if each.startswith(_FAULTS))
    what = next(known, "the row cannot be read").replace("Error when converting column ", "column ")
    cell = what.partition('Could not convert string "')[2].rpartition('" to ')[0]
    column = original.find(cell) + 1 if cell and cell in original else 1
    hint = "correct the cell, or the column's type" if cell else "correct the row"
    if what.startswith("Expected Number of Columns"):
        hint = "a value with a comma needs double quotes around it"
    return DataError(what.strip(), place=Place(path, line, column, original), hint=hint)


def quoted_word(message: str) -> str:
    """The first word that a complaint puts between quotes."""
    parts = message.split("'")
    return parts[1] if len(parts) > 2 else ""


def first_tag(line: str) -> int:
    """The column where a template complains of a line and of no word in it."""
    starts = [at for at in (line.find("{{"), line.find("{%")) if at >= 0]
    return (min(starts) if starts else len(line) - len(line.lstrip())) + 1
