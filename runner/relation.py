"""The address of a table, and how it is quoted. Nothing else builds quoted names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Relation:
    """A table or view in the database that is open; the database itself is never named."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def address(self) -> str:
        """The unquoted address, for people."""
        return f"{self.schema}.{self.name}"


def quoted(identifier: str) -> str:
    """An SQL identifier that cannot be misread."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string literal that cannot be misread."""
    return "'" + text.replace("'", "''") + "'"
