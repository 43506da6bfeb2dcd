"""Models of this project run on rows of a test: a plain DuckDB, the compiled SQL, nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from runner.compile import Manifest, compile_project
from runner.project import load_project

ROOT = Path(__file__).parents[2]


@cache
def _compiled(variables: tuple[tuple[str, Any], ...]) -> Manifest:
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        return compile_project(load_project(dict(variables), {}))
    finally:
        os.chdir(here)


class Models:
    """The tables of a test stand where the models look for theirs; `run` adds a model's own."""

    def __init__(self, variables: Mapping[str, Any] | None = None) -> None:
        self.manifest = _compiled(tuple((variables or {}).items()))
        self.connection = duckdb.connect()

    def given(self, name: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """A table instead of a model: `columns` as in `create table`."""
        address = self._address(name)
        self.connection.execute(f"create or replace table {address} ({columns})")
        every = [list(column) for column in zip(*rows, strict=True)]
        if every:
            values = ", ".join("unnest(?)" for _ in every)
            self.connection.execute(f"insert into {address} select {values}", every)

    def run(self, name: str) -> list[dict[str, Any]]:
        address = self._address(name)
        self.connection.execute(f"create or replace table {address} as {self.manifest.compiled[name].sql}")
        found = self.connection.execute(f"select * from {address}")
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _address(self, name: str) -> str:
        relation = self.manifest.project.models[name].relation
        self.connection.execute(f'create schema if not exists "{relation.schema}"')
        return f'"{relation.schema}"."{relation.name}"'
