"""Read the folders and make a Project of them: what is *written*, nothing rendered but YAML.

Knows dbt's folder conventions; refuses to know what the SQL means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from runner.config import read_shape, read_text, read_yaml
from runner.declared import DeclaredTests, declared_snapshot, declared_source
from runner.errors import MASK, AuthorError, CoterieError, Place, did_you_mean, hidden, raise_all
from runner.folders import FolderConfig, Layers, Said, refuse_unknown_folders, said
from runner.growth import batching, follows, increment
from runner.nodes import DataTest, Model, Named, Seed, Snapshot, Source, UnitTest
from runner.scope import Scope
from runner.shapes import Explained, ProjectFile, Properties, PropertiesFile, SourceGroup, SourceTable
from runner.templates import BUILTIN, Templates

T = TypeVar("T")
N = TypeVar("N", bound=Named)
PROJECT_FILES = ("project.yml", "dbt_project.yml")
"""The first that is there is read."""
NOT_TESTS = {"generic", "fixtures"}


@dataclass(frozen=True)
class Project:
    """What is written: every node by name, and the macros they may call."""

    file: ProjectFile
    scope: Scope
    templates: Templates
    macro_files: Mapping[str, str]
    sources: Mapping[str, Source]
    seeds: Mapping[str, Seed]
    models: Mapping[str, Model]
    snapshots: Mapping[str, Snapshot]
    tests: Mapping[str, DataTest]
    unit_tests: Mapping[str, UnitTest]
    disabled: frozenset[str]
    files: tuple[PropertiesFile, ...] = ()
    """What the YAML files say, as they say it."""

    @property
    def vars(self) -> Mapping[str, Any]:
        return self.scope.vars

    @property
    def secrets(self) -> list[str]:
        """Values of environment variables that templates read, as SQL holds them, the longest first."""
        values = [self.scope.env.get(name, "") for name in self.templates.asking.env_read]
        forms = {form for each in values for form in (each, each.replace("'", "''")) if form}
        return sorted(forms, key=len, reverse=True)

    def without_secrets(self, sql: str) -> str:
        """A text as others may see it."""
        return hidden(sql, dict.fromkeys(self.secrets, MASK))

    @property
    def tables(self) -> dict[str, Source | Seed | Model | Snapshot]:
        """Whatever has an address and may be read."""
        return {**self.sources, **self.seeds, **self.models, **self.snapshots}


def overrides(vars_text: str | None, as_of: str | None) -> dict[str, Any]:
    """What the command line says of vars: --vars as YAML, and --as-of as a date, a time or `today`."""
    given = read_yaml("--vars", "{}" if vars_text is None else vars_text)
    if not isinstance(given, dict):
        hint = "write it as YAML: --vars '{store: online_retail, store_path: data}'"
        raise AuthorError("--vars must be keys and values", place=Place("--vars"), hint=hint)
    return given if as_of is None else {**given, "as_of": _moment(as_of)}


def _moment(text: str) -> str:
    if text == "today":
        return datetime.now(UTC).date().isoformat()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        hint = "for example 2026-11-01, or 2026-11-01T06:30, or today"
        raise AuthorError(f"`{text}` is not a date", place=Place("--as-of"), hint=hint) from e
    moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return moment.isoformat(sep=" ") if set("T: ") & set(text) else moment.date().isoformat()


def load_project(overrides: Mapping[str, Any], env: Mapping[str, str]) -> Project:
    """The project of the current folder. Raises Problems with everything that is wrong in it."""
    name = next((each for each in PROJECT_FILES if Path(each).is_file()), None)
    if name is None:
        hint = "go to the project's folder, or name it with --project-dir"
        raise AuthorError(f"no {PROJECT_FILES[0]} in {Path.cwd()}", hint=hint)
    file = read_shape(ProjectFile, read_yaml(name, read_text(Path(name))), Place(name))
    own = file.vars.get(file.name)
    known = {**file.vars, **own} if isinstance(own, dict) else dict(file.vars)
    _refuse_unknown_vars(file, known, overrides)
    return _Reader(file, Scope({**known, **overrides}, env, project=file.name), _macro_files(file)).project()


def _refuse_unknown_vars(file: ProjectFile, known: Mapping[str, Any], overrides: Mapping[str, Any]) -> None:
    """A misspelt var would build another shop than the one that was meant."""
    unknown = [name for name in overrides if name not in known]
    folders = (*file.model_paths, *file.macro_paths, *file.test_paths)
    paths = [*files_in(folders, ".sql", ".yml", ".yaml"), Path(file.place.path)] if unknown else []
    texts = [read_text(path) for path in paths]
    for name in unknown:
        if not any(f"'{name}'" in text or f'"{name}"' in text for text in texts):
            hint = did_you_mean(name, known, "no template reads it")
            raise AuthorError(f"unknown var `{name}`", place=Place("--vars", 1, 2), hint=hint)


def _macro_files(file: ProjectFile) -> dict[str, str]:
    """Everything that defines macros: macros/, generic tests, doc blocks, snapshot blocks."""
    found = {name: read_text(Path(__file__).with_name(name)) for name in BUILTIN}
    generic = [path for path in files_in(file.test_paths, ".sql") if "generic" in path.parts]
    for path in [*files_in(file.macro_paths, ".sql"), *generic, *files_in(file.snapshot_paths, ".sql")]:
        found[str(path)] = read_text(path)
    documented = file.docs_paths or (*file.model_paths, *file.seed_paths, *file.macro_paths, *file.test_paths)
    texts = {str(path): read_text(path) for path in files_in(documented, ".md")}
    return found | {path: text for path, text in texts.items() if "{% docs" in text or "{%- docs" in text}


def files_in(folders: Iterable[str], *suffixes: str) -> list[Path]:
    """Each once, in order."""
    return sorted({path for folder in folders for suffix in suffixes for path in Path(folder).rglob(f"*{suffix}")})


class _Reader:
    """Collects nodes and mistakes in one walk over the folders."""

    def __init__(self, file: ProjectFile, scope: Scope, macros: dict[str, str]) -> None:
        self.file, self.scope, self.macro_files = file, scope, macros
        self.templates = Templates(macros)
        self.folders = FolderConfig(file, self.templates, scope)
        self.errors: list[CoterieError] = []
        self.words: dict[str, list[Properties]] = {}

    def project(self) -> Project:
        paths = [path for path in files_in(self.file.folders, ".yml", ".yaml") if "fixtures" not in path.parts]
        files = [each for each in (self._caught(_read_properties, path) for path in paths) if each]
        for words in (each for file in files for each in (*file.models, *file.seeds, *file.snapshots)):
            self.words.setdefault(words.name, []).append(words)
        self._refuse_foreign_files()
        tested = self.file.model_paths + self.file.seed_paths + self.file.test_paths
        for kind, roots in (("models", self.file.model_paths), ("seeds", self.file.seed_paths), ("data_tests", tested)):
            self._caught(refuse_unknown_folders, self.file, kind, roots)
        models = self._collected(self._model, self.file.model_paths, ".sql", {})
        seeds = self._collected(self._seed, self.file.seed_paths, ".csv", models)
        snapshots = self._snapshots(files, {**models, **seeds})
        sources = self._sources(files)
        unit_tests = self._unit_tests(files, models)
        self._refuse_unknown([*models, *seeds, *snapshots])
        if (serve := self.file.serve) and serve.summary and serve.summary not in models:
            message = f"`serve: summary` names an unknown model `{serve.summary}`"
            self._wrong(message, serve.at("summary"), did_you_mean(serve.summary, models))
        tests = self._tests([*models.values(), *seeds.values(), *snapshots.values()], sources, files)
        raise_all(self.errors)
        return Project(
            self.file, self.scope, self.templates, self.macro_files, sources, seeds, models, snapshots, tests,
            unit_tests, frozenset(self.folders.disabled), tuple(files),
        )  # fmt: skip

    def _caught(self, action: Callable[..., T], *arguments: Any) -> T | None:
        """One mistake must not hide the next."""
        try:
            return action(*arguments)
        except CoterieError as e:
            self.errors.append(e)
            return None

    def _wrong(self, message: str, place: Place, hint: str = "") -> None:
        self.errors.append(AuthorError(message, place=place, hint=hint))

    def _refuse_foreign_files(self) -> None:
        """What dbt would read and we would pass over in silence."""
        foreign = dict.fromkeys(files_in(self.file.model_paths, ".py"), "Python models")
        foreign |= {path: "packages" for path in map(Path, ("packages.yml", "dependencies.yml")) if path.is_file()}
        for path, feature in foreign.items():
            hint = "docs/dbt.md lists what of dbt is supported"
            self._wrong(f"{feature} are not supported", Place(str(path)), hint)
        if elsewhere := self.templates.places.get("generate_database_name"):
            message = "`generate_database_name` is not supported: there is one database"
            self._wrong(message, elsewhere, "delete the macro")
        there = [path.name for path in Path().iterdir() if path.is_dir()]
        for folder in self.file.model_paths:
            if "model-paths" in self.file.block and not Path(folder).is_dir():
                self._wrong(f"no folder {folder}/", self.file.at("model-paths"), did_you_mean(folder, there))

    def _collected(
        self, read: Callable[[Path, Path], N | None], roots: Iterable[str], suffix: str, taken: Mapping[str, Model]
    ) -> dict[str, N]:
        """Nodes by name, from every file with that suffix."""
        found: dict[str, N] = {}
        for root in roots:
            for path in files_in([root], suffix):
                self._add(found, self._caught(read, Path(root), path), taken)
        return found

    def _add(self, found: dict[str, N], node: N | None, taken: Mapping[str, Named]) -> None:
        """A name can be taken once."""
        if node is not None:
            earlier = found.get(node.name) or taken.get(node.name)
            if earlier is not None:
                message = f"`{node.name}` is already the {earlier.kind} {earlier.path}"
                self._wrong(message, node.place, "rename one of the two: a name is an address")
            found[node.name] = node

    def _config(self, kind: str, root: Path, path: Path, *more: Said) -> Layers:
        steps = [*path.relative_to(root).parent.parts, path.stem]
        return self.folders.of(kind, steps, Place(str(path)), *said(self._words_for(path)), *more)

    def _model(self, root: Path, path: Path) -> Model | None:
        text = read_text(path)
        if not text.strip():
            raise AuthorError("the model is empty", place=Place(str(path)), hint="write a select, or delete the file")
        config = self._config("models", root, path, self.folders.inline(path, text))
        table = self.folders.table("model", self._words_for(path), config)
        if table is None:
            return None
        kind = config.get("materialized", "view")
        if kind == "external" and not config.get("location"):
            hint = "set +location, for example target/export/{name}.parquet"
            raise AuthorError(f"the external model `{path.stem}` has no location", place=config.place, hint=hint)
        model = Model(**table, text=text, materialized=kind)
        model = replace(model, follows=follows(model.meta, kind, config.place_of("meta"), self.folders.rendered))
        return replace(model, increment=increment(config), batching=batching(config)) if model.grows else model

    def _seed(self, root: Path, path: Path) -> Seed | None:
        config = self._config("seeds", root, path)
        table = self.folders.table("seed", self._words_for(path), config)
        types, delimiter = config.get("column_types") or {}, config.get("delimiter", ",")
        return None if table is None else Seed(**table, column_types=types, delimiter=delimiter)

    def _snapshots(self, files: list[PropertiesFile], taken: Mapping[str, Model | Seed]) -> dict[str, Snapshot]:
        """Those that YAML declares over a relation, and those of `{% snapshot %}` blocks."""
        shapes = {each.name: each for file in files for each in file.snapshots}
        places, prefix = self.templates.places, "snapshot_"
        blocks = {each.removeprefix(prefix): places[each] for each in places if each.startswith(prefix)}
        found: dict[str, Snapshot] = {}
        for name in sorted(shapes | blocks):
            snapshot = self._caught(declared_snapshot, name, shapes.get(name), blocks.get(name), self.folders)
            self._add(found, snapshot, taken)
        return found

    def _words_for(self, path: Path) -> Properties | None:
        """What YAML says of a node; the YAML beside it counts before YAML elsewhere."""
        found = self.words.get(path.stem, [])
        return next(iter([each for each in found if Path(each.place.path).parent == path.parent] or found), None)

    def _sources(self, files: list[PropertiesFile]) -> dict[str, Source]:
        found: dict[str, Source] = {}
        for group, table in _tables(files):
            source = self._caught(declared_source, group, table, self.folders)
            if source is not None and source.name in found:
                message = f"the source `{source.name}` is already declared at {found[source.name].place}"
                self._wrong(message, source.place)
            elif source is not None:
                found[source.name] = source
        return found

    def _unit_tests(self, files: list[PropertiesFile], models: Mapping[str, Model]) -> dict[str, UnitTest]:
        found: dict[str, UnitTest] = {}
        for shape in (each for file in files for each in file.unit_tests):
            place, beside = shape.place, Path(shape.place.path).parent / f"{shape.model}.sql"
            if shape.name in found:
                self._wrong(f"the unit test `{shape.name}` exists twice", place)
            model = models.get(shape.model)
            if model is not None and (not beside.exists() or str(beside) == model.path):
                found[shape.name] = UnitTest(
                    name=shape.name, model=model.name, shape=shape, path=place.path, place=place, tags=shape.labels
                )
            elif model is None and shape.model not in self.folders.disabled:
                message = f"the unit test names an unknown model `{shape.model}`"
                self._wrong(message, shape.at("model"), did_you_mean(shape.model, models))
        return found

    def _refuse_unknown(self, known: list[str]) -> None:
        for name, entries in self.words.items():
            if name not in {*known, *self.folders.disabled}:
                hint = did_you_mean(name, known, "is the file missing?")
                self._wrong(f"no model or seed is named `{name}`", entries[0].place, hint)
            folders = Counter(Path(each.place.path).parent for each in entries)
            for words in entries[1:]:
                if folders[Path(words.place.path).parent] > 1:
                    self._wrong(f"`{name}` is already described at {entries[0].place}", words.place)

    def _tests(
        self, tables: list[Model | Seed | Snapshot], sources: Mapping[str, Source], files: list[PropertiesFile]
    ) -> dict[str, DataTest]:
        """Singular and declared, by name; a second test of the same name gets a number."""
        maker = DeclaredTests(self.templates, self.folders)
        tests = self._singular_tests(maker, {each.name: each for file in files for each in file.data_tests})
        subjects = [(f"ref('{each.name}')", each.name, each.words) for each in tables if each.words]
        for group, table in _tables(files):
            if f"{group.name}.{table.name}" in sources:
                subjects.append((f"source('{group.name}', '{table.name}')", f"{group.name}_{table.name}", table))
        for call, name, words in subjects:
            tests += self._caught(list, maker.of(call, name, words)) or []
        copies = Counter(table.name for table in tables)
        found: dict[str, DataTest] = {}
        for test in tests:
            copies[test.name] += 1
            name = test.name if copies[test.name] == 1 else f"{test.name}_{copies[test.name]}"
            found[name] = test if name == test.name else replace(test, name=name)
        return found

    def _singular_tests(self, maker: DeclaredTests, words: Mapping[str, Explained]) -> list[DataTest]:
        paths = [(root, path) for root in self.file.test_paths for path in files_in([root], ".sql")]
        paths = [(root, path) for root, path in paths if not NOT_TESTS & set(path.parts)]
        known = {path.stem for _, path in paths}
        for name in (each for each in words if each not in known):
            hint = did_you_mean(name, known, "is the file missing?")
            self._wrong(f"no singular test is named `{name}`", words[name].place, hint)
        tests = (maker.singular(Path(root), path, read_text(path), words.get(path.stem)) for root, path in paths)
        return [test for found in tests for test in self._caught(list[DataTest], found) or ()]


def _read_properties(path: Path) -> PropertiesFile | None:
    value = read_yaml(str(path), read_text(path))
    return None if value is None else read_shape(PropertiesFile, value, Place(str(path)))


def _tables(files: list[PropertiesFile]) -> Iterator[tuple[SourceGroup, SourceTable]]:
    return ((group, table) for file in files for group in file.sources for table in group.tables)
