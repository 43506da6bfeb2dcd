"""The configuration of a node, folder by folder as project.yml gives it, then YAML, then config().

Later layers win; `tags` add up and `meta` merges, as in dbt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from runner.config import Block, place_of, refusal
from runner.errors import AuthorError, Place, blamed_on, did_you_mean, place_in
from runner.scope import Scope
from runner.shapes import ProjectFile, Properties
from runner.templates import Templates

MATERIALIZATIONS = ("view", "table", "incremental", "ephemeral", "external")
TABLE_KEYS = frozenset("enabled schema alias tags meta event_time docs description".split())
MODEL_KEYS = TABLE_KEYS | frozenset(
    "materialized location format options contract unique_key incremental_strategy on_schema_change full_refresh "
    "merge_update_columns merge_exclude_columns batch_size begin lookback concurrent_batches".split()
)
SEED_KEYS = TABLE_KEYS | frozenset("column_types delimiter quote_columns".split())
SNAPSHOT_KEYS = TABLE_KEYS | frozenset(
    "strategy unique_key updated_at check_cols hard_deletes invalidate_hard_deletes dbt_valid_to_current "
    "snapshot_meta_column_names target_schema".split()
)


class Resolver(Protocol):
    """Who knows the address of a table."""

    def address(self, name: str) -> str: ...
    def source_address(self, group: str, table: str) -> str: ...


@dataclass(frozen=True)
class PlainScope:
    """What a template may ask for. Without a resolver, outside a model, a ref is just its name."""

    vars: Mapping[str, Any]
    env: Mapping[str, str]
    this: str = ""
    is_incremental: bool = False
    resolver: Resolver | None = None

    def ref(self, name: str) -> str:
        return self.resolver.address(name) if self.resolver else name

    def source(self, group: str, table: str) -> str:
        return self.resolver.source_address(group, table) if self.resolver else table


class Layers(dict[str, Any]):
    """The settings of one node, and where each of them was said."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, Place] = {}


class FolderConfig:
    """Resolves configuration for one project."""

    def __init__(self, file: ProjectFile, templates: Templates, scope: PlainScope) -> None:
        self._file, self._templates, self._scope = file, templates, scope

    def model(self, root: Path, path: Path, words: Properties | None, text: str) -> Layers:
        config = self._layers(self._file.models, _steps(root, path), words, MODEL_KEYS)
        if "config(" in text:
            inline = self._templates.render(str(path), text, self._scope).reading.config
            place = place_in(str(path), text, text.index("config("))
            self._merge(config, inline, place, MODEL_KEYS)
        if config.get("materialized") == "external" and not config.get("location"):
            hint = "set +location, for example target/export/{name}.parquet"
            raise AuthorError(f"the external model `{path.stem}` has no location", place=Place(str(path)), hint=hint)
        return config

    def seed(self, root: Path, path: Path, words: Properties | None) -> Layers:
        return self._layers(self._file.seeds, _steps(root, path), words, SEED_KEYS)

    def snapshot(self, steps: list[str], words: Properties | None, inline: Mapping[str, Any], place: Place) -> Layers:
        config = self._layers(self._file.snapshots, steps, words, SNAPSHOT_KEYS)
        self._merge(config, inline, place, SNAPSHOT_KEYS)
        return config

    def _layers(
        self, tree: Mapping[str, Any], steps: list[str], words: Properties | None, known: frozenset[str]
    ) -> Layers:
        config = Layers()
        for block in _blocks(tree, [self._file.name, *steps]):
            for key, value in block.items():
                if _is_setting(key, value, known):
                    place = block.place(key) if isinstance(block, Block) else Place("project.yml")
                    self._merge(config, {key.lstrip("+"): value}, place, known)
        if words is not None and words.config:
            self._merge(config, words.config, words.place, known)
        return config

    def _merge(self, config: Layers, more: Mapping[str, Any], place: Place, known: frozenset[str]) -> None:
        for key, value in more.items():
            at = more.place(key) if isinstance(more, Block) else place
            if key not in known:
                raise _unknown_setting(key, at, known)
            filled = rendered(value, at, self._templates, self._scope)
            config.places[key] = at
            if key == "materialized" and filled not in MATERIALIZATIONS:
                raise _unknown_materialization(str(filled), at)
            if key == "meta":
                config["meta"] = {**config.get("meta", {}), **filled}
            elif key == "tags":
                config["tags"] = as_tags(config.get("tags")) + as_tags(filled)
            else:
                config[key] = filled


def _steps(root: Path, path: Path) -> list[str]:
    return [*path.relative_to(root).parent.parts, path.stem]


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


def _unknown_materialization(kind: str, place: Place) -> AuthorError:
    hint = did_you_mean(kind, MATERIALIZATIONS, "known: " + ", ".join(MATERIALIZATIONS))
    return AuthorError(f"`materialized: {kind}` is not supported", place=place, hint=hint)


def refuse_unknown_folders(tree: Any, name: str, roots: tuple[str, ...], kind: str) -> None:
    """A folder that project.yml configures must be there, or the settings fall on nobody."""
    known = MODEL_KEYS if kind == "models" else SEED_KEYS
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
