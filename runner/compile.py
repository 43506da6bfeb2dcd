"""Render everything and build the graph: Project → Manifest, what it *means*.

Never touches the database. All mistakes are collected, so that one run shows them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError
from threading import Lock
from typing import Any

from runner.config import place_of
from runner.errors import AuthorError, CoterieError, Mistake, Place, blamed_on, did_you_mean, place_in, raise_all
from runner.graph import Graph
from runner.nodes import Buildable, DataTest, Follows, Model, Seed, Snapshot, Source, Table
from runner.project import Project
from runner.scope import Reading, Rendered, Scope
from runner.templates import MARK, Found, MarkedTemplates, Templates, same_line

_MARKING = Lock()


@dataclass(frozen=True)
class Compiled:
    """One node with its final SQL; `parents` are names in the graph."""

    node: Buildable
    sql: str
    parents: tuple[str, ...]
    reading: Reading = field(default_factory=Reading)
    increment: str = ""
    """What an incremental model adds to the table that stands: its SQL where `is_incremental()` holds."""


@dataclass(frozen=True)
class Manifest:
    """What a project means: every node compiled, and the graph of them."""

    project: Project
    compiled: Mapping[str, Compiled]
    graph: Graph
    ephemerals: Mapping[str, Compiled]
    """Models without a table of their own; their SQL stands in whoever reads them."""

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Every node with an address."""
        return {name: each.node for name, each in self.compiled.items() if isinstance(each.node, Table)}

    @cached_property
    def unsteady(self) -> frozenset[str]:
        """What grows, and all that reads it: there the same key need not mean the same rows."""
        growing = [name for name, node in self.tables.items() if node.grows]
        return frozenset(growing).union(*map(self.graph.descendants, growing))

    @cached_property
    def followed(self) -> frozenset[str]:
        """Tables that tell what changed in them: those that follow a key, and those that they follow."""
        own = {name for name, each in self.tables.items() if isinstance(each, Model) and each.follows}
        parents = {parent for name in own for parent in self.compiled[name].parents}
        return frozenset(own.union(name for name in parents if _keeps_changes(self.tables[name])))

    @cached_property
    def owners(self) -> Mapping[tuple[str, str], str]:
        """By schema and table, in lower case: whose address it is."""
        return {
            (node.relation.schema.lower(), node.relation.name.lower()): name
            for name, node in reversed(self.tables.items())  # the first of two owns it
        }

    @contextmanager
    def blamed(self, compiled: Compiled) -> Iterator[None]:
        """An error raised inside is told where `compiled` says it."""
        try:
            yield
        except CoterieError as e:
            raise self.located(compiled, e) from e.__cause__

    def located(self, compiled: Compiled, error: CoterieError) -> CoterieError:
        """The error at the place in the file that the author wrote."""
        if error.place is not None:
            return error
        node = compiled.node
        if isinstance(node, (Source, Seed)):
            return error.at(_column_place(node, error.message))
        if error.offset is None or (isinstance(node, DataTest) and node.macro):
            return error.at(_first_line(node))
        with _MARKING:  # workers may be wrong at the same time
            return error.at(*_place(self._marked, compiled, node, error.offset))

    @cached_property
    def _marked(self) -> Compiler:
        """Made for the first mistake, and good for all."""
        return Compiler(self.project, MarkedTemplates(self.project.macro_files))


class Compiler:
    """Renders the nodes of one project; ephemeral models are rendered inside who reads them."""

    def __init__(self, project: Project, templates: Templates | None = None) -> None:
        self.project = project
        self.templates = templates or project.templates
        self._seeds = {seed.relation: name for name, seed in project.seeds.items()}
        self._event_times = {each.name: each.event_time for each in project.tables.values() if each.event_time}
        self._ephemeral: list[str] = []
        self._inlined: dict[str, Compiled] = {}
        self._arguments: dict[str, Rendered] = {}

    def scope(self, node: Buildable, *, is_incremental: bool = False) -> Scope:
        """What a template of `node` may ask; a microbatch model sees only a batch of what has an event time."""
        this = node.relation if isinstance(node, Table) else None
        times = self._event_times if isinstance(node, Model) and node.batching else {}
        return replace(self.project.scope, this=this, is_incremental=is_incremental, resolver=self, event_times=times)

    def compiled(self, node: Buildable) -> Compiled:
        if isinstance(node, Model):
            return self._model(node)
        if isinstance(node, DataTest) and node.macro:
            return self._declared_test(node)
        if isinstance(node, (DataTest, Snapshot)):
            return self._of_text(node)
        # a source without files may be what a seed makes: many projects load their demo data that way
        seed = self._seeds.get(node.relation) if isinstance(node, Source) and node.location is None else None
        return Compiled(node, "", (seed,) if seed else ())

    def rendered(self, node: Model | DataTest | Snapshot, *, is_incremental: bool = False) -> Rendered:
        """A snapshot's text is no file: it reads a relation that YAML names, or calls a block."""
        path = "" if isinstance(node, Snapshot) else node.path
        return self.templates.render(path, node.text, self.scope(node, is_incremental=is_incremental))

    def _of_text(self, node: Model | DataTest | Snapshot) -> Compiled:
        rendered = self.rendered(node)
        return Compiled(node, rendered.sql.rstrip(), self._parents(rendered.reading), rendered.reading)

    def _model(self, model: Model) -> Compiled:
        if model.name in self._inlined:
            return self._inlined[model.name]
        if model.name in self._ephemeral:
            circle = " -> ".join([*self._ephemeral, model.name])
            raise Mistake(f"ephemeral models read one another in a circle: {circle}", model.name)
        if model.materialized != "ephemeral":
            compiled = self._with_increment(self._of_text(model), model)
            if model.follows:
                _refuse_lost_trails(compiled, model, model.follows)
            return compiled
        self._ephemeral.append(model.name)
        try:
            self._inlined[model.name] = self._of_text(model)
        finally:
            self._ephemeral.pop()
        return self._inlined[model.name]

    def _with_increment(self, compiled: Compiled, model: Model) -> Compiled:
        if model.batching and "as_of" in compiled.reading.vars:
            hint = "batches already end at as_of; what depends on the day belongs in a model that reads this one"
            message = f"`{model.name}` is a microbatch model and reads the var `as_of`"
            raise AuthorError(message, place=place_in(model.path, model.text, model.text.find("as_of")), hint=hint)
        if model.batching and self._event_times.keys().isdisjoint(compiled.reading.refs + compiled.reading.sources):
            hint = "set `config: {event_time: …}` on a model or source that it reads"
            raise AuthorError(f"`{model.name}` reads nothing in batches", place=_first_line(model), hint=hint)
        if not model.increment:
            return compiled
        grown = self.rendered(model, is_incremental=True)
        compiled.reading.add(grown.reading)
        return replace(compiled, parents=self._parents(compiled.reading), increment=grown.sql.rstrip())

    def _declared_test(self, test: DataTest) -> Compiled:
        scope, reading = self.scope(test), Reading()
        with blamed_on(test.place):
            given = {k: self._argument(v, scope, reading) for k, v in test.arguments.items()}
            if test.where:
                where = self._argument(test.where, scope, reading)
                given["model"] = f"(select * from {given['model']} where {where}) as filtered"
            rendered = self.templates.render_call(test.macro, given, scope)
        reading.add(rendered.reading)
        return Compiled(test, rendered.sql.strip(), self._parents(reading), reading)

    def _argument(self, value: Any, scope: Scope, reading: Reading) -> Any:
        """`ref('x')` becomes an address, a template is filled in, all else stays as it is."""
        if isinstance(value, list):
            return [self._argument(each, scope, reading) for each in value]
        if isinstance(value, str) and value.startswith(("ref(", "source(")):
            value = "{{ " + value + " }}"
        if not isinstance(value, str) or "{{" not in value:
            return value
        if value not in self._arguments:  # most tests of a project say the same few words
            self._arguments[value] = self.templates.render("", value, scope)
        reading.add(self._arguments[value].reading)
        return self._arguments[value].sql

    def _parents(self, reading: Reading) -> tuple[str, ...]:
        """What an ephemeral model asked for, its reader asked for: `reading` takes it in."""
        parents: set[str] = set(reading.sources)
        for name in reading.refs:
            model = self.project.models.get(name)
            if model is not None and model.materialized == "ephemeral":
                inlined = self._model(model)
                parents |= set(inlined.parents)
                reading.vars |= inlined.reading.vars
                reading.macros |= inlined.reading.macros
            else:
                parents.add(name)
        return tuple(sorted(parents))

    def address(self, name: str) -> str:
        project = self.project
        model = project.models.get(name)
        if model is not None and model.materialized == "ephemeral":
            return f"(\n{self._model(model).sql}\n)"
        node = model or project.seeds.get(name) or project.snapshots.get(name)
        if node is not None:
            return str(node.relation)
        if name in project.disabled:
            raise Mistake(f"the model `{name}` is disabled", name, "it is switched off by `enabled` in project.yml")
        known = [*project.models, *project.seeds, *project.snapshots]
        hint = did_you_mean(name, known, "no model or seed has a name like that")
        for source in (each for each in project.sources if each.endswith(f".{name}")):
            hint = f"it is a source: write {{{{ source('{source.partition('.')[0]}', '{name}') }}}}"
        raise Mistake(f"unknown model `{name}`", name, hint)

    def source_address(self, group: str, table: str) -> str:
        source = self.project.sources.get(f"{group}.{table}")
        if source is not None:
            return str(source.relation)
        known = [name.partition(".") for name in self.project.sources]
        tables = [each[2] for each in known if each[0] == group]
        if not tables:
            hint = did_you_mean(group, {each[0] for each in known}, "declare it under `sources:` in a YAML file")
            raise Mistake(f"unknown source `{group}`", group, hint)
        hint = did_you_mean(table, tables, f"tables of `{group}`: {', '.join(sorted(tables))}")
        raise Mistake(f"the source `{group}` has no table `{table}`", table, hint)


def compile_project(project: Project) -> Manifest:
    """Raises Problems with everything that does not render, or the one circle there is."""
    compiler = Compiler(project)
    compiled: dict[str, Compiled] = {}
    ephemerals: dict[str, Compiled] = {}
    errors: list[CoterieError] = []
    for name, node in {**project.tables, **project.tests}.items():
        is_ephemeral = isinstance(node, Model) and node.materialized == "ephemeral"
        try:
            (ephemerals if is_ephemeral else compiled)[name] = compiler.compiled(node)
        except CoterieError as e:
            # a block says itself where it is wrong; a relation in YAML does not
            is_nowhere = isinstance(node, Snapshot) and e.place is not None and not e.place.path
            e.place = node.place if is_nowhere else e.place
            errors.append(e)
    raise_all(sorted(errors, key=lambda each: each.place.path if each.place else ""))
    try:
        graph = Graph({name: each.parents for name, each in compiled.items()})
    except CycleError as e:
        raise _cycle_error(project, e.args[1]) from e
    manifest = Manifest(project, compiled, graph, ephemerals)
    raise_all(_shared_addresses(manifest))
    return manifest


def _keeps_changes(node: Table) -> bool:
    return isinstance(node, Model) and (node.materialized == "table" or node.batching is not None)


def _refuse_lost_trails(compiled: Compiled, model: Model, follows: Follows) -> None:
    """What a model follows must be what it reads, and lead to a key."""
    trails = [each for some in follows.trails.values() for each in some]
    for name in (*follows.trails, *follows.moments, *(each.via for each in trails if each.via)):
        if name not in compiled.parents:
            hint = did_you_mean(name, compiled.parents, f"it reads: {', '.join(compiled.parents)}")
            message = f"`{model.name}` follows `{name}`, which it does not read"
            raise AuthorError(message, place=follows.place, hint=hint)
    for name in (*follows.moments, *(each.via for each in trails if each.via)):
        if not follows.said_by(name):
            message = f"nothing says which `{follows.key}` a row of `{name}` is of"
            hint = "name its column under `inputs:`"
            raise AuthorError(message, place=follows.place, hint=hint)
    if "as_of" in compiled.reading.vars and not follows.moments and not follows.unsettled:
        message = f"`{model.name}` reads the var `as_of`: as the days go by, other keys come out differently"
        hint = "name the columns that are compared with it: `moments: {orders: [ordered_at]}`"
        raise AuthorError(message, place=follows.place, hint=hint)


def _shared_addresses(manifest: Manifest) -> Iterator[CoterieError]:
    """Two tables at one address would overwrite each other."""
    for name, table in manifest.tables.items():
        owner = manifest.owners[table.relation.schema.lower(), table.relation.name.lower()]
        if owner != name and name not in manifest.compiled[owner].parents:
            message = f"`{name}` has the address of `{owner}`: {table.relation.address}"
            yield AuthorError(message, place=table.place, hint="give one of them another schema or alias")


def _cycle_error(project: Project, circle: list[str]) -> CoterieError:
    first, second = circle[:2]
    reader, read = (first, second) if second in project.models[first].text else (second, first)
    model = project.models[reader]
    message = "models read one another in a circle: " + " -> ".join(circle)
    place = place_in(model.path, model.text, model.text.find(read))
    return AuthorError(message, place=place, hint="one of these refs has to go")


def _column_place(table: Source | Seed, message: str) -> Place:
    """Where YAML declares the column that the engine complains of."""
    for column in table.columns:
        if message.endswith(f"source column {column.name}") or f"name {column.data_type} " in message:
            return column.place
    types = table.column_types if isinstance(table, Seed) else {}
    wrong = next((name for name, kind in types.items() if f"name {kind} " in message), "")
    return place_of(wrong, table.place, types)


def _first_line(node: Buildable) -> Place:
    if not isinstance(node, Model):
        return node.place
    return place_in(node.path, node.text, len(node.text) - len(node.text.lstrip()))


def _place(compiler: Compiler, compiled: Compiled, node: Model | DataTest | Snapshot, offset: int) -> Found:
    """Render once more with marks, and read the place off them."""
    sql, templates = compiled.sql, compiler.templates
    assert isinstance(templates, MarkedTemplates)
    marked = compiler.rendered(node, is_incremental=bool(sql) and sql == compiled.increment).sql
    lead = MARK.sub("", marked).find(sql)
    found = templates.place(marked, offset + lead) if lead >= 0 else None
    if found is not None and found[0].path:
        return found
    return (node.place if isinstance(node, Snapshot) else same_line(node.path, node.text, sql, offset)), ()
