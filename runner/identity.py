"""What each node's rows depend on, as keys: two builds with one key make the same rows.

Layout and comments do not count, nor does who renders when. Compares; never decides what to build.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from runner.compile import Compiled, Compiler, Manifest
from runner.declared import is_enforced
from runner.errors import CoterieError, hidden
from runner.nodes import DataTest, Model, Seed, Snapshot, Source
from runner.project import Project
from runner.sources import SourceState

SameQuery = Callable[[str, str], bool]
NO_DAYS = ("2001-01-01", "2100-01-01")
"""Stand for as_of in a text that says what a node is, whatever the day: a template may ask before or after what."""
DAYS_APART = "\n;\n"
"""Between what such a text says on each of them."""


@dataclass(frozen=True)
class Identity:
    """What a node is now. Two with one `key` have the same rows, two with one `rule` the same meaning."""

    shape: str = ""
    """All that counts but is no SQL: address, materialisation, settings, files."""
    text: str = ""
    """The compiled SQL with fixed days in place of as_of."""
    today: str = ""
    """The compiled SQL with the true as_of, where the node reads it."""
    clock: str = ""
    """as_of, where the node reads it."""
    asked: Mapping[str, str] = field(default_factory=dict)
    """What the template read besides: `var x` and `macro y`, with what they are."""
    own: str = ""
    key: str = ""
    rule: str = ""

    def difference(self, other: Identity) -> str:
        """How another state of the same node differs from this one, in words; empty where only parents do."""
        for name in sorted({**self.asked, **other.asked}):
            before, now = self.asked.get(name), other.asked.get(name)
            if before != now and before is not None and now is not None:
                is_shown = name.startswith("var ") and len(before) + len(now) <= 60
                return f"{name}: {before} -> {now}" if is_shown else f"{name} changed"
        if self.clock and other.clock and self.clock != other.clock:
            return f"as_of: {self.clock} -> {other.clock}"
        if self.shape != other.shape:
            return "settings changed"
        if self.own == other.own:
            return ""
        return "rows changed" if self.shape.startswith("seed ") else "SQL changed"


States = Mapping[str, SourceState]
Meanings = Mapping[str, Identity]
"""By node, before anybody looked at data: everything of an Identity but its key."""


def meanings(manifest: Manifest, known: Mapping[str, Identity], is_same_query: SameQuery) -> dict[str, Identity]:
    """By node, parents first. `known` are earlier ones: a text that differs in layout only stays what it was."""
    project = manifest.project
    day = str(project.vars.get("as_of", ""))
    neutral = [_on(project, each + "".join("0" if sign.isdigit() else sign for sign in day[10:])) for each in NO_DAYS]
    macro_digest = cache(lambda macro: digest(project.templates.macro_text(macro))[:16])
    secrets = {each: digest(each)[:16] for each in project.secrets}
    found: dict[str, Identity] = {}
    for name in manifest.graph.order:
        compiled = manifest.compiled[name]
        asked = compiled.reading
        shape = hidden(_shape(compiled), secrets)
        reads_day = "as_of" in asked.vars
        text = hidden(_on_any_day(compiled, neutral) if reads_day else _text(compiled), secrets)
        today = hidden(_text(compiled), secrets) if reads_day else ""
        # the last batch of a microbatch model is the one that holds as_of, whatever its SQL says
        ends_today = isinstance(compiled.node, Model) and compiled.node.batching is not None
        clock = day if reads_day or ends_today else ""
        before, own = known.get(name, Identity()), digest(shape, text)
        if before.shape == shape and _is_as_before(before.text, text, is_same_query):
            own = before.own
            if before.clock == clock and not _is_as_before(before.today, today, is_same_query):
                own = digest(shape, text, today)
        told = {f"var {each}": _told(project.vars.get(each)) for each in sorted(asked.vars - {"as_of"})}
        told |= {f"macro {each}": macro_digest(each) for each in sorted(asked.macros)}
        meaning = f"{compiled.node.relation}" if isinstance(compiled.node, Source) else own  # wherever its files are
        rule = digest(meaning, *(found[parent].rule for parent in compiled.parents))
        found[name] = Identity(shape, text, today, clock, told, own, "", rule)
    return found


def identities(manifest: Manifest, found: Meanings, states: States, standing: Mapping[str, str]) -> Meanings:
    """The meanings with their keys, which the content of the sources is part of.

    `standing` are keys of tables that stay as they are, of whatever state: what reads them is of that state too.
    """
    keyed: dict[str, Identity] = {}
    for name in manifest.graph.order:
        keyed[name] = found[name]
        keyed[name] = replace(found[name], key=standing.get(name) or _key(name, manifest, keyed, states))
    return keyed


def is_up_to_date(name: str, manifest: Manifest, keyed: Meanings, states: States) -> bool:
    """Does a node stand as its parents do? What was not chosen may be of another state, though its parents are new."""
    return keyed[name].key == _key(name, manifest, keyed, states)


def _key(name: str, manifest: Manifest, keyed: Meanings, states: States) -> str:
    each, state = keyed[name], states.get(name)
    above = (keyed[parent].key for parent in manifest.compiled[name].parents)
    return digest(each.own, each.clock, state.fingerprint if state else "", *above)


def _is_as_before(before: str, now: str, is_same_query: SameQuery) -> bool:
    return before == now or is_same_query(before, now)


def _on(project: Project, day: str) -> Compiler:
    """Another day in the form that the project's own has: text, or what YAML takes for a date."""
    as_of = project.vars.get("as_of", "")
    other = type(as_of).fromisoformat(day) if isinstance(as_of, date) else day
    return Compiler(replace(project, scope=replace(project.scope, vars={**project.vars, "as_of": other})))


def _on_any_day(compiled: Compiled, neutral: list[Compiler]) -> str:
    """What the node says on other days; a template may refuse some of them."""
    texts = []
    for compiler in neutral:
        with suppress(CoterieError):
            texts.append(_text(compiler.compiled(compiled.node)))
    return DAYS_APART.join(texts or [_text(compiled)])


def _shape(compiled: Compiled) -> str:
    node = compiled.node
    if isinstance(node, Source):
        columns = ",".join(f"{each.name}:{each.data_type}" for each in node.columns)
        return f"source {node.relation} {node.location} {columns}"
    if isinstance(node, Seed):
        return f"seed {node.relation} {dict(node.column_types)} {node.delimiter}"
    if isinstance(node, DataTest):
        counted = f"{node.warn_if} {node.error_if} {node.limit} {node.fail_calc}"
        return f"test {node.severity} {counted} {node.stores_failures}"
    if isinstance(node, Snapshot):
        return f"snapshot {node.relation} {node.versioning}"
    settings = " ".join(f"{key}={node.config[key]}" for key in ("location", "format", "options") if key in node.config)
    if is_enforced(node):
        settings += "".join(f" {each.name} {each.data_type} {each.constraints}" for each in node.columns)
    # batches are made again when they are cut in another way; looking back further is no other way
    cut = f"{node.event_time} {node.batching.size} {node.batching.begin}" if node.batching else ""
    return f"{node.materialized} {node.relation} {settings} {node.increment or ''} {cut}{node.follows or ''}"


def _text(compiled: Compiled) -> str:
    """One statement, two for a model that grows; of a seed what stands for its rows."""
    if isinstance(compiled.node, Seed):
        return sha256(Path(compiled.node.path).read_bytes()).hexdigest()
    return f"{compiled.sql}\n;\n{compiled.increment}" if compiled.increment else compiled.sql


def _told(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)


def digest(*parts: str) -> str:
    """One word that stands for all of them, in order."""
    return sha256("\n".join(parts).encode()).hexdigest()
