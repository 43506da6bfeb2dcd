"""Everything we may complain about: what is wrong, where, what to do, which exit code.

Also what the engine's own complaints mean in our words. console.py alone shows errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum
from functools import cache
from typing import Any, Self

MASK = "•••"
LONG_SECRET = 16
E_MAIL = re.compile(r"[^@\s'\"]+@[^@\s'\"]+\.[^@\s'\"]+")


def masked(text: str) -> str:
    """A message without the addresses of people that a value in it may hold."""
    return E_MAIL.sub(MASK, text)


def hidden(text: str, secrets: Mapping[str, str]) -> str:
    """The text with something else in place of each secret; of a short one only where it is a whole SQL literal."""
    for secret, instead in secrets.items():
        text = text.replace(f"'{secret}'", f"'{instead}'")
        text = text.replace(secret, instead) if len(secret) >= LONG_SECRET else text
    return text


class ExitCode(IntEnum):
    OK = 0
    DATA = 1
    """The data said no: a failed test, a value that does not convert, a missing source file."""
    AUTHOR = 2
    """The author said something wrong: configuration, template, SQL, selection, usage."""
    WORLD = 3
    """The world refused: a lock, the disk, memory, permissions."""
    INTERRUPTED = 130


SEVERITY = (ExitCode.AUTHOR, ExitCode.WORLD, ExitCode.DATA)
"""Which exit code wins when several things went wrong."""


@dataclass(frozen=True)
class Place:
    """A position in a file that the author wrote; line and column count from 1."""

    path: str
    line: int = 1
    column: int = 1
    excerpt: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(eq=False)
class CoterieError(Exception):
    """Something a person has to hear about. Raised where path and line are known."""

    exit_code = ExitCode.AUTHOR
    message: str
    place: Place | None = None
    hint: str = ""
    called_from: tuple[Place, ...] = ()
    offset: int | None = None
    """Characters from the start of the statement, while the place is not known yet."""
    position: int | None = None
    """Bytes from the start of whatever text the engine means: a view's, if one is read."""
    unknown_column: str = ""

    def __str__(self) -> str:
        return self.message

    def at(self, place: Place | None, called_from: tuple[Place, ...] = ()) -> Self:
        """The same error with a place, unless it already has one."""
        if self.place is None:
            self.place, self.called_from = place, called_from
        return self


class AuthorError(CoterieError):
    """The author's, like any error that says nothing else of itself."""


class Mistake(AuthorError):  # noqa: N818 - named for who made it
    """A wrong word inside a template; `word` is what the caret will point at."""

    def __init__(self, message: str, word: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.word = word


class DataError(CoterieError):
    exit_code = ExitCode.DATA


class WorldError(CoterieError):
    exit_code = ExitCode.WORLD


class EngineFault(WorldError):  # noqa: N818 - whose it is
    """DuckDB failed in itself. Its database takes no further statement until it is opened anew."""


class Problems(CoterieError):  # noqa: N818 - several errors in one
    """Several errors found in one pass; all of them are shown."""

    def __init__(self, errors: Iterable[CoterieError]) -> None:
        self.errors = tuple(errors)
        super().__init__(f"{len(self.errors)} problems")
        self.exit_code = worst(error.exit_code for error in self.errors)


def raise_all(errors: Iterable[CoterieError]) -> None:
    """Raises Problems with all of them, if there is any."""
    if found := tuple(errors):
        raise Problems(found)


@contextmanager
def blamed_on(place: Place) -> Iterator[None]:
    """An author's error raised inside belongs to `place`, wherever it was noticed."""
    try:
        yield
    except AuthorError as e:
        e.place = place
        raise


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The exit code that stands for all of `codes`."""
    seen = set(codes)
    return next((code for code in SEVERITY if code in seen), ExitCode.OK)


def place_in(path: str, text: str, offset: int) -> Place:
    """The place of a character offset in a text."""
    offset = max(0, min(offset, len(text)))
    line = text.count("\n", 0, offset) + 1
    return Place(path, line, offset - text.rfind("\n", 0, offset), line_of(text, line))


def line_of(text: str, line: int) -> str:
    """The text of one line (counted from 1), or nothing beyond the end."""
    lines = text.split("\n", line)
    return lines[line - 1].rstrip("\r") if line <= len(lines) else ""


def did_you_mean(name: str, candidates: Iterable[str], otherwise: str = "") -> str:
    """A hint with the nearest known name, or `otherwise` where nothing is near."""
    nearest = _nearest(name, tuple(sorted(candidates)))
    return f"did you mean `{nearest}`?" if nearest else otherwise


def refuse_unknown(value: str, known: Iterable[str], message: str, place: Place | None = None, hint: str = "") -> None:
    """Raises `message` where the value is none of the known words; told is the nearest one, else `hint`, or all."""
    words = tuple(known)
    if value not in words:
        raise AuthorError(message, place, did_you_mean(value, words, hint or "known: " + ", ".join(words)))


@cache
def _nearest(name: str, candidates: tuple[str, ...]) -> str:
    """A thousand models may read the one that was renamed; the search is slow, so it is made once."""
    known = {candidate.lower(): candidate for candidate in candidates}
    return next((known[near] for near in get_close_matches(name.lower(), known, n=1, cutoff=0.6)), "")


def suggestion(details: Mapping[str, Any]) -> str:
    name, candidates = (str(details.get(key, "")) for key in ("name", "candidates"))
    if not name or not candidates or "(" in candidates:
        return ""
    known = [each.strip().strip('"').rpartition(".")[2] for each in candidates.split(",")]
    is_column = details.get("error_subtype") == "COLUMN_NOT_FOUND"
    return did_you_mean(name, known, "columns near that name: " + ", ".join(known) if is_column else "")


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
