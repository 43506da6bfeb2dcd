"""No audience jumps in silence: a published segment whose size swings is held back, with what moved it.

Sizes come from the records, causes from the last published version: which condition or table moved it most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from math import copysign, log
from statistics import median
from typing import Literal

from runner.compile import Manifest
from runner.conditions import Condition, Rule, rules, rules_for
from runner.config import stored
from runner.errors import AuthorError, DataError, did_you_mean
from runner.nodes import Model
from runner.relation import quoted
from runner.shapes import ServeConfig
from runner.state import SCHEMA
from runner.targets import Target
from runner.warehouse import Cursor

REMEMBERED = 7
NOISE = 0.01
"""A condition that moved by less is no cause."""
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
    guarded = audiences(manifest, serve)
    for model in guarded:
        _limits(manifest, model)
    known = [each.name for each in guarded]
    for name in accepted:
        if name not in known:
            hint = did_you_mean(name, known, "`serve: audiences` in project.yml says which models are")
            raise AuthorError(f"`{name}` is no audience", hint=hint)


def held_back(manifest: Manifest, target: Target, accepted: Iterable[str], cursor: Cursor) -> list[Held]:
    """Every audience that moved too far, none that was accepted. Nothing before the first publication."""
    sizes: dict[str, list[int]] = dict(cursor.rows(stored("records.yml")["queries"]["sizes"]))
    found: list[tuple[Model, Verdict]] = []
    for model in audiences(manifest, target.serve):
        if model.name in sizes and model.name not in accepted:
            size = int(cursor.value(f"select count(*) from {model.relation}"))
            judged = verdict(model.name, sizes[model.name], size, _limits(manifest, model))
            found += [] if judged.kind == "ok" else [(model, judged)]
    served = target.served
    if served is None:  # nothing to count in, and yet the sizes are known
        return [_held(model, judged, "") for model, judged in found]
    with cursor.attached(served, EARLIER):
        return [_held(model, judged, _cause(manifest, model, judged, cursor)) for model, judged in found]


def _limits(manifest: Manifest, model: Model) -> Limits:
    """A model's own in its `meta`, else the project's vars."""
    given = {**manifest.project.vars, **model.meta}
    try:
        people = (int(given.get(name, 0)) for name in ("min_audience", "audience_swing_people"))
        return Limits(float(given.get("audience_swing_pct", 30)), *people)
    except (TypeError, ValueError) as e:
        hint = "audience_swing_pct is a percentage, min_audience and audience_swing_people are numbers of people"
        raise AuthorError(f"the limits of `{model.name}` are no numbers", place=model.place, hint=hint) from e


def _cause(manifest: Manifest, model: Model, judged: Verdict, cursor: Cursor) -> str:
    earlier: dict[str, str] = dict(cursor.rows(f"select name, sql from {EARLIER}.{SCHEMA}.models"))
    known, shown = manifest.compiled, manifest.project.without_secrets
    now = {name: shown(known[name].sql) for name in (model.name, *known[model.name].parents)}
    before = _version(manifest, model, EARLIER, earlier, cursor)
    here = _version(manifest, model, str(cursor.value("select current_database()")), now, cursor)
    return blame(cursor, before, here, judged.percent or -100)


def _held(model: Model, judged: Verdict, cause: str) -> Held:
    message = judged.sentence + (f". {cause}" if cause else "")
    hint = f"look into it; if it is right: coterie build --accept-swing {model.name}"
    return Held(DataError(message, place=model.place, hint=hint), str(model.meta.get("audience_severity", "error")))


def _version(manifest: Manifest, model: Model, database: str, texts: Mapping[str, str], cursor: Cursor) -> Version:
    names = (name for name in manifest.compiled[model.name].parents if name in texts)
    parents = {manifest.tables[name].relation.address: texts[name] for name in names}
    sources = manifest.graph.ancestors(model.name) & manifest.project.sources.keys()
    query = f"select name, row_count from {quoted(database)}.{SCHEMA}.records where row_count is not null"
    rows = {name: count for name, count in cursor.rows(query) if name in sources}
    return Version(database, deciding_rules(texts.get(model.name, ""), parents), rows)


@dataclass(frozen=True)
class Limits:
    swing_pct: float = 30
    min_audience: int = 0
    swing_people: int = 0
    """So many more or fewer are no swing, whatever the percentage."""


@dataclass(frozen=True)
class Verdict:
    kind: Literal["ok", "swing", "below_min", "empty"]
    sentence: str
    median: float | None = None
    percent: float | None = None
    """How far the size is from the median, up or down; None where nothing can be said."""


def verdict(segment: str, history: Sequence[int], size: int, limits: Limits) -> Verdict:
    """`history` holds published sizes, the newest last. Without any, only an empty segment is remarkable."""
    known = history[-REMEMBERED:]
    usual = median(known) if known else None
    percent = (size - usual) * 100 / usual if usual else None
    if size == 0 and usual != 0:
        was = f"; {_told(usual)} people were {_usual(known)}" if usual else ""
        return Verdict("empty", f"{segment} is empty{was}", usual, percent)
    if usual is None:
        return Verdict("ok", f"{segment} has {_told(size)} people, and no published size to compare with")
    if size < limits.min_audience:
        sentence = f"{segment} has {_told(size)} people, fewer than its min_audience {_told(limits.min_audience)}"
        return Verdict("below_min", sentence, usual, percent)
    by = f"{_told(abs(round(percent, 1)))} % {'more' if percent > 0 else 'fewer'} than" if percent else "against"
    sentence = f"{segment} has {_told(size)} people, {by} {_told(usual)}, {_usual(known)}"
    # the product, not the quotient: exactly 30 % is allowed
    if abs(size - usual) * 100 > limits.swing_pct * usual and abs(size - usual) > limits.swing_people:
        return Verdict("swing", f"{sentence}; {_told(limits.swing_pct)} % is allowed", usual, percent)
    return Verdict("ok", sentence, usual, percent)


def _usual(known: Sequence[int]) -> str:
    return f"the median of its last {len(known)} published sizes" if len(known) > 1 else "its last published size"


def deciding_rules(sql: str, parents: Mapping[str, str]) -> tuple[Rule, ...]:
    """The conditions that decide who is in a segment's table.

    `parents` gives the SQL of other models by address: a filter `segment = 'x'` stands for the branches of the case
    that makes that column there.
    """
    found: list[Rule] = []
    for rule in rules(sql):
        equal = rule.conditions[0].equals if len(rule.conditions) == 1 else None
        inner = rules_for(parents.get(rule.reads, ""), *equal) if equal else ()
        found += inner or [rule]
    return tuple(found)


Factor = tuple[float, str]
"""By how much one thing multiplied the rows of a segment (as a logarithm), and how to say it."""


@dataclass(frozen=True)
class Version:
    """One build of a segment: the database it stands in, and what decided."""

    database: str
    rules: Sequence[Rule] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    """Row counts of what the segment is made from, sources above all, where they are known."""


def blame(cursor: Cursor, old: Version, new: Version, change: float) -> str:
    """Which condition or table moved most, in one sentence; nothing where nothing can be said.

    `change` says whether the segment grew or shrank. Rules that correspond are counted each in its own version, so
    that a changed threshold shows; where they do not correspond, the new ones are counted in both. A source whose rows
    moved more than any condition is the cause of all the rest.
    """
    shapes = [[(rule.reads, len(rule.conditions)) for rule in each.rules] for each in (old, new)]
    earlier = old.rules if shapes[0] == shapes[1] else new.rules
    shared = sorted(old.rows.keys() & new.rows.keys())
    factors = [_of_table(name, old.rows[name], new.rows[name]) for name in shared]
    for before, now in zip(earlier, new.rules):
        was, counted = _counts(cursor, old.database, before), _counts(cursor, new.database, now)
        if was and counted and (counted.passing - was.passing) * change > 0:
            factors += _of_rule(before, now, was, counted, copysign(1, change))
    return max([(0.0, ""), *factors], key=lambda factor: factor[0])[1]


def _of_table(name: str, before: int, now: int) -> Factor:
    return abs(_growth(before, now)), f"{name} has {now:,} rows, {before:,} before"


@dataclass(frozen=True)
class _Counts:
    rows: int
    passing: int
    by_condition: Sequence[Sequence[int]]
    """Rows where it holds, where its peers hold, where they hold with it."""


def _counts(cursor: Cursor, database: str, rule: Rule) -> _Counts | None:
    """None where that version lacks a table or a column of the rule."""
    here = cursor.value("select current_database()")
    try:
        cursor.run(f"use {quoted(database)}")
        found = cursor.rows(rule.counting_sql)[0]
    except (AuthorError, DataError):
        return None
    finally:
        cursor.run(f"use {quoted(here)}")
    return _Counts(found[0], found[1], [found[at : at + 3] for at in range(2, len(found), 3)])


def _of_rule(before: Rule, now: Rule, old: _Counts, new: _Counts, direction: float) -> Iterator[Factor]:
    """A condition must itself have moved the way of the segment; its weight is the larger of how much it moved among
    all rows and how much among the rows where its peers hold. Either alone is misled where conditions hang together."""
    more_rows = _growth(old.rows, new.rows)
    if "." in now.reads and direction * more_rows > 0:
        yield _of_table(now.reads, old.rows, new.rows)
    for at, condition in enumerate(now.conditions):
        held, old_peers, old_both = old.by_condition[at]
        holds, new_peers, new_both = new.by_condition[at]
        alone = direction * (_growth(held, holds) - more_rows)
        among_peers = direction * (_growth(old_both, new_both) - _growth(old_peers, new_peers))
        if condition.decides_for:  # counted is who is not taken; told is who is
            held, holds = old.rows - held, new.rows - holds
        if alone > 0 and abs(_growth(held, holds) - more_rows) > NOISE:
            was = f"{held:,}" + (f" of {old.rows:,}" if old.rows != new.rows else "")
            told = f"holds for {holds:,} of {new.rows:,} in {now.reads.rpartition('.')[2]}"
            yield max(alone, among_peers), _sentence(before.conditions[at], condition, told, was)


def _sentence(before: Condition, now: Condition, told: str, was: str) -> str:
    first = f", which decides first for `{now.decides_for}`," if now.decides_for else ""
    past = f"; before, `{before.text}` held for {was}" if before.text != now.text else f", {was} before"
    return f"`{now.text}`{first} {told}{past}"


def _growth(before: int, now: int) -> float:
    return log((now + 0.5) / (before + 0.5))


def _told(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")
