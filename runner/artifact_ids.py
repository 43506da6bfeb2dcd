"""What dbt calls what we made: unique ids, names of declared tests, addresses with their database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import md5
from typing import Any

from runner.compile import Compiled, Manifest
from runner.declared_tests import test_name
from runner.nodes import DataTest, Model, Table
from runner.warehouse import COMMENT, tokens

CTE = "__dbt__cte__"
OTHERS = re.compile(r"[^0-9a-zA-Z_]+")


def unique_ids(manifest: Manifest) -> dict[str, str]:
    """By name. Tests that dbt could not tell apart keep the name they have here."""
    project = manifest.project.file.name
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for each in (manifest.compiled, manifest.ephemerals):
        for name, compiled in each.items():
            node, title = compiled.node, name
            if isinstance(node, DataTest) and node.macro:
                title = _hashed(dbt_test_name(node), node)
                title = _hashed(name, node) if title in taken else title
                taken.add(title)
            ids[name] = f"{node.kind}.{project}.{title}"
    return ids


def dbt_test_name(test: DataTest) -> str:
    """dbt's name of a declared test, unless the author gave one."""
    kind, words, given = test.macro.removeprefix("test_"), subject(test), _arguments(test)
    if not test.name.startswith(test_name(kind, "_".join(words), given)):
        return test.name
    flat = [each for _, value in sorted(given.items()) for each in (value if isinstance(value, list) else [value])]
    clean = "__".join(OTHERS.sub("_", str(each)) for each in flat)
    return f"{'source_' if len(words) > 1 else ''}{kind}_{'_'.join(words)}_{clean}"


def subject(test: DataTest) -> list[str]:
    """The words in `ref('orders')` or `source('shop', 'orders')`: what a declared test is about."""
    return str(test.arguments["model"]).split("'")[1::2]


def test_metadata(test: DataTest) -> dict[str, Any]:
    kwargs = {**_arguments(test), "model": f"{{{{ get_where_subquery({test.arguments['model']}) }}}}"}
    return {"name": test.macro.removeprefix("test_"), "kwargs": kwargs, "namespace": None}


def _arguments(test: DataTest) -> Mapping[str, Any]:
    return {key: value for key, value in test.arguments.items() if key != "model"}


def _hashed(title: str, test: DataTest) -> str:
    text = title + repr(_as_text(test_metadata(test)))
    return f"{title}.{md5(text.encode(), usedforsecurity=False).hexdigest()[-10:]}"


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_text(value[key]) for key in sorted(value)}
    return [_as_text(each) for each in value] if isinstance(value, list) else str(value)


def relation_name(node: Table, database: str) -> str | None:
    is_inline = isinstance(node, Model) and node.materialized == "ephemeral"
    return None if is_inline else f'"{database}".{node.relation}'


def compiled_code(compiled: Compiled, manifest: Manifest, database: str) -> str:
    """The SQL as dbt has it: the database in every address, and ephemeral models as CTEs in front."""
    sql, node = compiled.sql, compiled.node
    inlined = _inlined(compiled, manifest)
    if inlined:
        ctes = [f"{CTE}{each.node.name} as (\n{_by_name(each.sql, inlined[:at])}\n)" for at, each in enumerate(inlined)]
        sql = _behind(", ".join(ctes), _by_name(sql, inlined))
    known = [manifest.tables[parent].relation for parent in compiled.parents]
    known += [node.relation] if isinstance(node, Table) else []
    for relation in map(str, known):
        sql = sql.replace(relation, f'"{database}".{relation}')
    return sql


def _inlined(compiled: Compiled, manifest: Manifest) -> list[Compiled]:
    """The ephemeral models that stand in a text, each behind those that stand in itself."""
    found: dict[str, Compiled] = {}
    for name in compiled.reading.refs:
        if name in manifest.ephemerals:
            ephemeral = manifest.ephemerals[name]
            found |= {each.node.name: each for each in (*_inlined(ephemeral, manifest), ephemeral)}
    return list(found.values())


def _by_name(sql: str, inlined: list[Compiled]) -> str:
    for each in reversed(inlined):
        sql = sql.replace(f"(\n{each.sql}\n)", f"{CTE}{each.node.name}")
    return sql


def _behind(ctes: str, sql: str) -> str:
    """The query with more CTEs before its own."""
    words = [token for token in tokens(sql) if token.kind != COMMENT]
    if words[0].word != "with":
        return f"with {ctes}\n{sql}"
    last = words[1] if words[1].word == "recursive" else words[0]
    end = last.at + len(last.word)
    return f"{sql[:end]} {ctes},{sql[end:]}"
