"""Read the folders and make a Project of them: what is *written*, nothing rendered but YAML.

Knows dbt's folder conventions; refuses to know what the SQL means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runner.config import read_shape, read_text, read_yaml
from runner.declared_tests import declared_tests
from runner.errors import AuthorError, CoterieError, Place, Problems, did_you_mean
from runner.folders import FolderConfig, PlainScope, as_tags, rendered
from runner.nodes import DataTest, Model, Seed, Source, UnitTest
from runner.relation import Relation
from runner.shapes import ProjectFile, Properties, PropertiesFile, SourceGroup, SourceTable
from runner.templates import Templates

BUILTIN_TESTS = Path(__file__).with_name("generic_tests.sql")


@dataclass(frozen=True)
class Project:
    """What is written: every node by name, and the macros they may call."""

    file: ProjectFile
    scope: PlainScope
    templates: Templates
    macro_files: Mapping[str, str]
    sources: Mapping[str, Source]
    seeds: Mapping[str, Seed]
    models: Mapping[str, Model]
    tests: Mapping[str, DataTest]
    unit_tests: Mapping[str, UnitTest]
    disabled: frozenset[str]

    @property
    def vars(self) -> Mapping[str, Any]:
        return self.scope.vars


def load_project(
    overrides: Mapping[str, Any], env: Mapping[str, str], file_name: str = "project.yml"
) -> Project:
    """The project of the current folder. Raises Problems with everything that is wrong in it."""
    file = read_project_file(file_name)
    scope = PlainScope(_vars(file) | dict(overrides), env)
    macro_files = _macro_files(file)
    templates = Templates(macro_files)
    return _Reader(file, scope, templates, macro_files).project()


def read_project_file(file_name: str) -> ProjectFile:
    path = Path(file_name)
    if not path.is_file():
        raise AuthorError(
            f"no {file_name} in {Path.cwd()}",
            hint="go to the project's folder, or name it with --project-dir",
        )
    value = read_yaml(file_name, read_text(path))
    return read_shape(ProjectFile, value, Place(file_name))


def _vars(file: ProjectFile) -> dict[str, Any]:
    own = file.vars.get(file.name)
    return {**file.vars, **own} if isinstance(own, dict) else dict(file.vars)


def _macro_files(file: ProjectFile) -> dict[str, str]:
    found = {BUILTIN_TESTS.name: BUILTIN_TESTS.read_text(encoding="utf-8")}
    for path in _files(file.macro_paths, ".sql"):
        found[str(path)] = read_text(path)
    for path in _files(file.test_paths, ".sql"):
        if "generic" in path.parts:
            found[str(path)] = read_text(path)
    for path in _files(file.model_paths, ".md"):
        text = read_text(path)
        if "{% docs" in text or "{%- docs" in text:
            found[str(path)] = text
    return found


def _files(folders: Iterable[str], suffix: str) -> list[Path]:
    return sorted(path for folder in folders for path in Path(folder).rglob(f"*{suffix}"))


class _Reader:
    """Collects nodes and mistakes in one walk over the folders."""

    def __init__(
        self,
        file: ProjectFile,
        scope: PlainScope,
        templates: Templates,
        macro_files: Mapping[str, str],
    ) -> None:
        self.file, self.scope, self.templates = file, scope, templates
        self.macro_files = macro_files
        self.errors: list[CoterieError] = []
        self.disabled: set[str] = set()
        self.words: dict[str, list[Properties]] = {}

    def project(self) -> Project:
        properties = [each for each in map(self._properties, self._yaml_files()) if each]
        for words in (each for file in properties for each in (*file.models, *file.seeds)):
            self.words.setdefault(words.name, []).append(words)
        folders = FolderConfig(self.file, self.templates, self.scope)
        models = self._models(folders)
        seeds = self._seeds(folders, models)
        sources = self._sources(properties)
        unit_tests = self._unit_tests(properties, models)
        self._refuse_unknown(properties, {**models, **seeds})
        tests = self._tests(models, seeds, sources, properties)
        if self.errors:
            raise Problems(self.errors)
        return Project(
            self.file, self.scope, self.templates, self.macro_files, sources, seeds, models,
            tests, unit_tests, frozenset(self.disabled),
        )  # fmt: skip

    def _yaml_files(self) -> list[Path]:
        folders = (*self.file.model_paths, *self.file.seed_paths, *self.file.macro_paths)
        found = [*_files(folders, ".yml"), *_files(folders, ".yaml")]
        for folder in self.file.test_paths:
            found += [path for path in _files([folder], ".yml") if "fixtures" not in path.parts]
        return sorted(set(found))

    def _properties(self, path: Path) -> PropertiesFile | None:
        try:
            value = read_yaml(str(path), read_text(path))
            if value is None:
                return None
            return read_shape(PropertiesFile, value, Place(str(path)))
        except CoterieError as e:
            self.errors.append(e)
            return None

    def _models(self, folders: FolderConfig) -> dict[str, Model]:
        found: dict[str, Model] = {}
        for root in self.file.model_paths:
            for path in _files([root], ".sql"):
                try:
                    model = self._model(folders, Path(root), path)
                except CoterieError as e:
                    self.errors.append(e)
                    continue
                if model is not None:
                    self._refuse_twice(model, found.get(model.name))
                    found[model.name] = model
        return found

    def _model(self, folders: FolderConfig, root: Path, path: Path) -> Model | None:
        words = self._words_for(path)
        text = read_text(path)
        if not text.strip():
            hint = "write a select, or delete the file"
            raise AuthorError("the model is empty", place=Place(str(path)), hint=hint)
        config = folders.model(root, path, words, text)
        if not config.get("enabled", True):
            self.disabled.add(path.stem)
            return None
        return Model(
            name=path.stem,
            path=str(path),
            place=Place(str(path)),
            text=text,
            relation=Relation(config.get("schema", "main"), config.get("alias", path.stem)),
            materialized=config.get("materialized", "view"),
            config=config,
            columns=words.columns if words else (),
            description=self._description(words),
            tags=as_tags(config.get("tags")) + as_tags(words.tags if words else None),
            meta={**config.get("meta", {}), **(words.meta if words else {})},
        )

    def _seeds(self, folders: FolderConfig, models: Mapping[str, Model]) -> dict[str, Seed]:
        found: dict[str, Seed] = {}
        for root in self.file.seed_paths:
            for path in _files([root], ".csv"):
                words = self._words_for(path)
                config = folders.seed(Path(root), path, words)
                if not config.get("enabled", True):
                    self.disabled.add(path.stem)
                    continue
                seed = Seed(
                    name=path.stem,
                    path=str(path),
                    place=Place(str(path)),
                    relation=Relation(config.get("schema", "main"), config.get("alias", path.stem)),
                    column_types=config.get("column_types") or {},
                    delimiter=config.get("delimiter", ","),
                    columns=words.columns if words else (),
                    description=self._description(words),
                    tags=as_tags(config.get("tags")),
                    meta={**config.get("meta", {}), **(words.meta if words else {})},
                )
                self._refuse_twice(seed, found.get(seed.name) or models.get(seed.name))
                found[seed.name] = seed
        return found

    def _refuse_twice(self, node: Model | Seed, earlier: Model | Seed | None) -> None:
        if earlier is not None:
            message = f"`{node.name}` is already the {earlier.kind} {earlier.path}"
            hint = "rename one of the two: a name is an address"
            self.errors.append(AuthorError(message, place=node.place, hint=hint))

    def _sources(self, properties: list[PropertiesFile]) -> dict[str, Source]:
        found: dict[str, Source] = {}
        for file in properties:
            for group in file.sources:
                for table in group.tables:
                    try:
                        source = self._source(group, table)
                    except CoterieError as e:
                        self.errors.append(e)
                        continue
                    if source and source.name in found:
                        first = found[source.name].place
                        message = f"the source `{source.name}` is already declared at {first}"
                        self.errors.append(AuthorError(message, place=source.place))
                    elif source:
                        found[source.name] = source
        return found

    def _source(self, group: SourceGroup, table: SourceTable) -> Source | None:
        meta = _meta(group.config, group.meta) | _meta(table.config, table.meta)
        config = {**group.config, **table.config}
        enabled = self._rendered(config.get("enabled", True), table.place)
        if not enabled:
            return None
        location = config.get("external_location") or meta.get("external_location")
        if location:
            location = str(self._rendered(location, group.place)).replace("{name}", table.name)
        name = table.identifier or table.name
        return Source(
            name=f"{group.name}.{table.name}",
            path=table.place.path,
            place=table.place,
            relation=Relation(group.schema or group.name, name),
            location=location,
            is_required=bool(meta.get("required", False)),
            columns=table.columns,
            description=table.description,
            tags=as_tags(group.tags) + as_tags(table.tags),
            meta=meta,
        )

    def _words_for(self, path: Path) -> Properties | None:
        """What YAML says of a node; the YAML beside it counts before YAML elsewhere."""
        found = self.words.get(path.stem, [])
        beside = [words for words in found if Path(words.place.path).parent == path.parent]
        return next(iter(beside or found), None)

    def _rendered(self, value: Any, place: Place) -> Any:
        return rendered(value, place, self.templates, self.scope)

    def _description(self, words: Properties | None) -> str:
        if words is None or "{{" not in words.description:
            return words.description if words else ""
        return str(self._rendered(words.description, words.place))

    def _unit_tests(
        self, properties: list[PropertiesFile], models: Mapping[str, Model]
    ) -> dict[str, UnitTest]:
        found: dict[str, UnitTest] = {}
        for shape in (each for file in properties for each in file.unit_tests):
            if shape.name in found:
                message = f"the unit test `{shape.name}` exists twice"
                self.errors.append(AuthorError(message, place=shape.place))
            if shape.model in models:
                found[shape.name] = UnitTest(
                    shape.name, shape.place.path, shape.place, shape.model, shape,
                    as_tags(shape.tags) + as_tags(shape.config.get("tags")),
                )  # fmt: skip
            elif shape.model not in self.disabled:
                hint = did_you_mean(shape.model, models)
                message = f"the unit test names an unknown model `{shape.model}`"
                self.errors.append(AuthorError(message, place=shape.place, hint=hint))
        return found

    def _refuse_unknown(
        self, properties: list[PropertiesFile], known: Mapping[str, Model | Seed]
    ) -> None:
        seen: Counter[tuple[str, str]] = Counter()
        for words in (each for file in properties for each in (*file.models, *file.seeds)):
            folder = str(Path(words.place.path).parent)
            seen[words.name, folder] += 1
            if words.name not in known and words.name not in self.disabled:
                hint = did_you_mean(words.name, known, "is the file missing?")
                message = f"no model or seed is named `{words.name}`"
                self.errors.append(AuthorError(message, place=words.place, hint=hint))
            elif seen[words.name, folder] > 1:
                message = f"`{words.name}` is described twice"
                self.errors.append(AuthorError(message, place=words.place))

    def _tests(
        self,
        models: Mapping[str, Model],
        seeds: Mapping[str, Seed],
        sources: Mapping[str, Source],
        properties: list[PropertiesFile],
    ) -> dict[str, DataTest]:
        found: dict[str, DataTest] = {}
        for test in self._all_tests(models, seeds, sources, properties):
            name, copies = test.name, 1
            while name in found or name in models or name in seeds:
                copies += 1
                name = f"{test.name}_{copies}"
            found[name] = test if copies == 1 else replace(test, name=name)
        return found

    def _all_tests(
        self,
        models: Mapping[str, Model],
        seeds: Mapping[str, Seed],
        sources: Mapping[str, Source],
        properties: list[PropertiesFile],
    ) -> Iterator[DataTest]:
        for root in self.file.test_paths:
            for path in _files([root], ".sql"):
                if "generic" not in path.parts and "fixtures" not in path.parts:
                    yield DataTest(path.stem, str(path), Place(str(path)), text=read_text(path))
        macros = self.templates.places
        nodes: list[Model | Seed] = [*models.values(), *seeds.values()]
        for node in nodes:
            words = self._words_for(Path(node.path))
            if words is not None:
                call = f"ref('{node.name}')"
                yield from self._caught(declared_tests(call, node.name, words, macros))
        for group, table in _tables(properties):
            if f"{group.name}.{table.name}" in sources:
                call = f"source('{group.name}', '{table.name}')"
                name = f"{group.name}_{table.name}"
                yield from self._caught(declared_tests(call, name, table, macros))

    def _caught(self, tests: Iterator[DataTest]) -> Iterator[DataTest]:
        try:
            yield from tests
        except CoterieError as e:
            self.errors.append(e)


def _tables(files: list[PropertiesFile]) -> Iterator[tuple[SourceGroup, SourceTable]]:
    for group in (each for file in files for each in file.sources):
        for table in group.tables:
            yield group, table


def _meta(config: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    return {**(config.get("meta") or {}), **meta}
