"""The configuration of a node, folder by folder as project.yml gives it, then YAML, then config().

Later layers win; `tags` add up and `meta` merges, as in dbt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from runner.config import Block, place_of, refusal
from runner.errors import AuthorError, Place, blamed_on, did_you_mean, place_in
from runner.relation import Relation
from runner.scope import TARGET, Scope
from runner.shapes import ProjectFile, Properties
from runner.templates import Templates

MATERIALIZATIONS = ("view", "table", "ephemeral", "external")
MODEL_KEYS = frozenset(
    "enabled materialized schema alias tags meta location format options contract docs description persist_docs".split()
)
SOURCE_KEYS = frozenset({"enabled", "external_location"})
TEST_KEYS = frozenset(
    "enabled severity where warn_if error_if limit fail_calc store_failures tags meta description".split()
)
TYPED = {"limit": int, "store_failures": bool}
"""Settings that would do harm as anything else."""
SEED_KEYS = frozenset("enabled schema alias tags meta column_types delimiter quote_columns docs description".split())


class Resolver(Protocol):
    """Who knows the address of a table."""

    def address(self, name: str) -> str: ...
    def source_address(self, group: str, table: str) -> str: ...


@dataclass(frozen=True)
class PlainScope:
    """What a template may ask for. Without a resolver, outside a model, a ref is just its name."""

    vars: Mapping[str, Any]
    env: Mapping[str, str]
    this: Relation | None = None
    is_incremental: bool = False
    resolver: Resolver | None = None
    project: str = ""

    def ref(self, name: str) -> str:
        return self.resolver.address(name) if self.resolver else name

    def source(self, group: str, table: str) -> str:
        return self.resolver.source_address(group, table) if self.resolver else table


class FolderConfig:
    """Resolves configuration for one project."""

    def __init__(self, file: ProjectFile, templates: Templates, scope: PlainScope) -> None:
        self._file, self._templates, self._scope = file, templates, scope

    def model(self, root: Path, path: Path, words: Properties | None, text: str) -> dict[str, Any]:
        config = self._layers(self._file.models, root, path, words, MODEL_KEYS)
        self._merge(config, *self.inline(path, text), MODEL_KEYS)
        if config.get("materialized") == "external" and not config.get("location"):
            hint = "set +location, for example target/export/{name}.parquet"
            raise AuthorError(f"the external model `{path.stem}` has no location", place=Place(str(path)), hint=hint)
        return config

    def test(self, folders: Iterable[str], name: str, *said: tuple[Mapping[str, Any], Place]) -> dict[str, Any]:
        """Of a data test: project.yml by the folders of the file that declares it, then what is said beside it."""
        config = self._by_folder(self._file.data_tests, [*folders, name], TEST_KEYS)
        for words, place in said:
            self._merge(config, words, place, TEST_KEYS)
        return config

    def source(self, folders: Iterable[str], group: str, table: str) -> dict[str, Any]:
        return self._by_folder(self._file.sources, [*folders, group, table], SOURCE_KEYS)

    def relation(self, path: Path, config: Mapping[str, Any]) -> Relation:
        """The project's own `generate_schema_name` and `generate_alias_name` have the last word, as in dbt."""
        words = {"schema": config.get("schema"), "alias": config.get("alias")}
        for word, custom in words.items():
            macro = f"generate_{word}_name"
            if macro in self._templates.places:
                node = self._described(path, config)
                words[word] = self._templates.render_call(macro, {}, self._scope, custom, node).sql.strip()
        return Relation(words["schema"] or TARGET["schema"], words["alias"] or path.stem)

    def _described(self, path: Path, config: Mapping[str, Any]) -> Mapping[str, Any]:
        """A model or a seed as such macros see it."""
        name = self._file.name
        return {
            "resource_type": "seed" if path.suffix == ".csv" else "model",
            "name": path.stem,
            "package_name": name,
            "fqn": [name, *path.parent.parts[1:], path.stem],
            "original_file_path": str(path),
            "config": config,
            "tags": list(config.get("tags", ())),
        }

    def inline(self, path: Path, text: str) -> tuple[Mapping[str, Any], Place]:
        """What `config()` says in a template, and where it stands."""
        if "config(" not in text:
            return {}, Place(str(path))
        said = self._templates.render(str(path), text, self._scope).reading.config
        return said, place_in(str(path), text, text.index("config("))

    def seed(self, root: Path, path: Path, words: Properties | None) -> dict[str, Any]:
        return self._layers(self._file.seeds, root, path, words, SEED_KEYS)

    def _layers(
        self, tree: Mapping[str, Any], root: Path, path: Path, words: Properties | None, known: frozenset[str]
    ) -> dict[str, Any]:
        config = self._by_folder(tree, [*path.relative_to(root).parent.parts, path.stem], known)
        if words is not None and words.config:
            self._merge(config, words.config, words.place, known)
        return config

    def _by_folder(self, tree: Mapping[str, Any], steps: list[str], known: frozenset[str]) -> dict[str, Any]:
        config: dict[str, Any] = {}
        for block in _blocks(tree, [self._file.name, *steps]):
            for key, value in block.items():
                if _is_setting(key, value, known):
                    place = block.place(key) if isinstance(block, Block) else self._file.place
                    self._merge(config, {key.lstrip("+"): value}, place, known)
        return config

    def _merge(self, config: dict[str, Any], more: Mapping[str, Any], place: Place, known: frozenset[str]) -> None:
        for key, value in more.items():
            at = more.place(key) if isinstance(more, Block) else place
            if key not in known:
                raise _unknown_setting(key, at, known)
            # a test's `where` may read tables, whose addresses are not known yet
            filled = value if key == "where" else rendered(value, at, self._templates, self._scope)
            if key == "severity":
                filled = _severity(filled, at)
            if key in TYPED and type(filled) is not TYPED[key]:
                raise AuthorError(f"`{key}` must be {_TOLD[TYPED[key]]}, not `{filled}`", place=at)
            if key == "materialized" and filled not in MATERIALIZATIONS:
                raise _unknown_materialization(str(filled), at)
            if key == "meta":
                config["meta"] = {**config.get("meta", {}), **filled}
            elif key == "tags":
                config["tags"] = as_tags(config.get("tags")) + as_tags(filled)
            else:
                config[key] = filled


def _is_setting(key: str, value: Any, known: frozenset[str]) -> bool:
    """`+key` always sets; a bare key only if it is a known one, else it names a folder."""
    return key.startswith("+") or (key in known and not isinstance(value, Block))


def _blocks(tree: Mapping[str, Any], steps: list[str]) -> Iterator[Mapping[str, Any]]:
    """The configuration blocks that apply on the way down the folders."""
    yield tree
    node: Any = tree
    for step in steps:
        node = node.get(step) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            return
        yield node


_TOLD = {int: "a whole number", bool: "true or false"}


def _severity(value: Any, place: Place) -> str:
    if str(value).lower() not in ("error", "warn"):
        hint = did_you_mean(str(value), ("error", "warn"))
        raise AuthorError(f"severity is error or warn, not `{value}`", place=place, hint=hint)
    return str(value).lower()


def _unknown_materialization(kind: str, place: Place) -> AuthorError:
    hint = did_you_mean(kind, MATERIALIZATIONS, "known: " + ", ".join(MATERIALIZATIONS))
    return AuthorError(f"`materialized: {kind}` is not supported", place=place, hint=hint)


def refuse_unknown_folders(tree: Any, name: str, roots: tuple[str, ...], known: frozenset[str]) -> None:
    """A folder that project.yml configures must be there, or the settings fall on nobody."""
    _refuse_unknown_names(tree, {name}, known)
    if isinstance(tree.get(name), Block):
        _refuse_missing(tree[name], [Path(root) for root in roots], known)


def _refuse_missing(block: Block, folders: list[Path], known: frozenset[str]) -> None:
    paths = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
    _refuse_unknown_names(block, {path.stem if path.is_file() else path.name for path in paths}, known)
    for key, value in block.items():
        below = [path for path in paths if path.name == key and path.is_dir()]
        if isinstance(value, Block) and below:
            _refuse_missing(value, below, known)


def _refuse_unknown_names(block: Any, there: set[str], known: frozenset[str]) -> None:
    for key, value in block.items():
        if key not in there and not _is_setting(key, value, known):
            hint = did_you_mean(key, there, "settings begin with +")
            place = place_of(key, Place("project.yml"), block)
            raise AuthorError(f"no folder or file `{key}` to configure", place=place, hint=hint)


def _unknown_setting(key: str, place: Place, known: frozenset[str]) -> AuthorError:
    refused = refusal("settings", key)
    if refused:
        return refused.at(place)
    hint = did_you_mean(key, known, "known: " + ", ".join(sorted(known)))
    return AuthorError(f"unknown setting `{key}`", place=place, hint=hint)


def rendered(value: Any, place: Place, templates: Templates, scope: Scope) -> Any:
    """A YAML value with its templates filled in; `True` and `False` become booleans."""
    if not isinstance(value, str) or "{{" not in value:
        return value
    with blamed_on(place):
        text = templates.render("", value, scope).sql
    return {"True": True, "False": False}.get(text.strip(), text)


def as_tags(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(each) for each in value)
