"""No audience jumps in silence: a published segment whose size swings is held back, with what moved it.

Sizes come from the records, causes from the last published version; swing.py judges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from runner.compile import Manifest
from runner.config import stored
from runner.errors import AuthorError, DataError, did_you_mean
from runner.nodes import Model, Source
from runner.shapes import ServeConfig
from runner.state import SCHEMA
from runner.swing import Limits, Verdict, Version, blame, deciding_rules, verdict
from runner.warehouse import Cursor

EARLIER = "earlier"


@dataclass(frozen=True)
class Held:
    """An audience that swings: an error holds publishing back, a warning is only told."""

    error: DataError
    severity: str


def audiences(manifest: Manifest, serve: ServeConfig | None) -> list[Model]:
    """The models whose rows are people to write to: `serve: audiences` names them."""
    patterns = serve.audiences if serve else ()
    return [each for each in manifest.project.models.values() if any(fnmatch(each.name, word) for word in patterns)]


def refuse_unknown_audiences(manifest: Manifest, serve: ServeConfig | None, accepted: Iterable[str]) -> None:
    known = [each.name for each in audiences(manifest, serve)]
    for name in accepted:
        if name not in known:
            hint = did_you_mean(name, known, "`serve: audiences` in project.yml says which models are")
            raise AuthorError(f"`{name}` is no audience", hint=hint)


def held_back(
    manifest: Manifest, serve: ServeConfig, served: Path | None, accepted: Iterable[str], cursor: Cursor
) -> list[Held]:
    """Every audience that moved too far, none that was accepted. Nothing before the first publication."""
    sizes: dict[str, list[int]] = dict(cursor.rows(stored("records.yml")["queries"]["sizes"]))
    found: list[tuple[Model, Verdict]] = []
    for model in audiences(manifest, serve):
        history = sizes.get(model.name, [])
        size = int(cursor.value(f"select count(*) from {model.relation}"))
        judged = verdict(model.name, history, size, _limits(manifest, model))
        if history and judged.kind != "ok" and model.name not in accepted:
            found.append((model, judged))
    if not found or served is None:
        return []
    with cursor.attached(served, EARLIER):
        return [_held(manifest, model, judged, cursor) for model, judged in found]


def _limits(manifest: Manifest, model: Model) -> Limits:
    """A model's own in its `meta`; else the project's vars."""
    given = {**manifest.project.vars, **model.meta}
    return Limits(float(given.get("audience_swing_pct", 30)), int(given.get("min_audience", 0)))


def _held(manifest: Manifest, model: Model, judged: Verdict, cursor: Cursor) -> Held:
    earlier: dict[str, str] = dict(cursor.rows(f"select name, sql from {EARLIER}.{SCHEMA}.models"))
    known, shown = manifest.compiled, manifest.project.without_secrets
    now = {name: shown(known[name].sql) for name in (model.name, *known[model.name].parents)}
    here = str(cursor.value("select current_database()"))
    cause = blame(
        cursor,
        _version(manifest, model, EARLIER, earlier, cursor),
        _version(manifest, model, here, now, cursor),
        judged.percent or -100,
    )
    message = judged.sentence + (f". {cause}" if cause else "")
    hint = f"look into it; if it is right: coterie build --accept-swing {model.name}"
    severity = str(model.meta.get("audience_severity", "error"))
    return Held(DataError(message, place=model.place, hint=hint), severity)


def _version(manifest: Manifest, model: Model, database: str, texts: Mapping[str, str], cursor: Cursor) -> Version:
    parents = {
        manifest.tables[name].relation.address: texts[name]
        for name in manifest.compiled[model.name].parents
        if name in texts
    }
    records = past_of(cursor, database)
    ancestors = manifest.graph.ancestors(model.name)
    sources = {name for name in ancestors if isinstance(manifest.tables[name], Source)}
    rows = {name: count for name, count in records.items() if name in sources}
    return Version(database, deciding_rules(texts.get(model.name, ""), parents), rows)


def past_of(cursor: Cursor, database: str) -> dict[str, int]:
    query = f'select name, row_count from "{database}".{SCHEMA}.records where row_count is not null'
    return dict(cursor.rows(query))
