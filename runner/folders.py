"""The configuration of a node, folder by folder as project.yml gives it, then YAML, then config().

Later layers win; `tags` add up and `meta` merges, as in dbt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from runner.config import Block, place_of, refusal
from runner.errors import AuthorError, Place, blamed_on, did_you_mean, place_in
from runner.relation import Relation
from runner.scope import TARGET
from runner.shapes import Column, Described, ProjectFile, Properties, as_tags
from runner.templates import Templates

MATERIALIZATIONS = ("view", "table", "incremental", "ephemeral", "external")
TABLE_KEYS = frozenset("enabled schema alias tags meta event_time docs description persist_docs".split())
KEYS = {
    "models": TABLE_KEYS
    | frozenset(
        "materialized location format options contract unique_key incremental_strategy on_schema_change full_refresh "
        "merge_update_columns merge_exclude_columns batch_size begin lookback concurrent_batches".split()
    ),
    "seeds": TABLE_KEYS | frozenset("column_types delimiter quote_columns".split()),
    "snapshots": TABLE_KEYS
    | frozenset(
        "strategy unique_key updated_at check_cols hard_deletes invalidate_hard_deletes dbt_valid_to_current "
        "snapshot_meta_column_names target_schema".split()
    ),
    "sources": frozenset({"enabled", "external_location"}),
    "data_tests": frozenset(
        "enabled severity where warn_if error_if limit fail_calc store_failures tags meta description".split()
    ),
}
"""By block of project.yml: the settings that a node of that kind has."""
TYPED = {"limit": int, "store_failures": bool}
"""Settings that would do harm as anything else."""
Said = tuple[Mapping[str, Any], Place]
"""Settings, and the place of those that do not know their own."""


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


class Layers(dict[str, Any]):
    """The settings of one node, and where each of them was said."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, Place] = {}


class FolderConfig:
    """Resolves configuration for one project."""

    def __init__(self, file: ProjectFile, templates: Templates, scope: PlainScope) -> None:
        self._file, self._templates, self._scope = file, templates, scope
        self.disabled: set[str] = set()

    def of(self, kind: str, steps: Iterable[str], *said: Said) -> Layers:
        """What project.yml says of a node of that kind, folder by folder; then what is said elsewhere, in order."""
        config, known = Layers(), KEYS[kind]
        for block in _blocks(getattr(self._file, kind), [self._file.name, *steps]):
            for key, value in block.items():
                if _is_setting(key, value, known):
                    place = block.place(key) if isinstance(block, Block) else self._file.place
                    self._merge(config, {key.lstrip("+"): value}, place, known)
        for words, place in said:
            self._merge(config, words, place, known)
        return config

    def inline(self, path: Path, text: str) -> Said:
        """What `config()` says in a template, and where it stands."""
        if "config(" not in text:
            return {}, Place(str(path))
        return self.asked(str(path), text), place_in(str(path), text, text.index("config("))

    def asked(self, path: str, text: str) -> Mapping[str, Any]:
        """The settings that a template gives when it is rendered."""
        return self._templates.render(path, text, self._scope).reading.config

    def table(self, kind: str, name: str, place: Place, words: Properties | None, config: Layers) -> Any:
        """What models, seeds and snapshots have in common; None for one that is switched off."""
        if not config.get("enabled", True):
            self.disabled.add(name)
            return None
        return {
            "name": name,
            "path": place.path,
            "place": place,
            "relation": self.relation(kind, name, Path(place.path), config),
            "words": words,
            "config": config,
            "columns": self.columns(words),
            "description": self.description(words),
            "tags": as_tags(config.get("tags")) + as_tags(words.tags if words else None),
            "meta": {**config.get("meta", {}), **(words.meta if words else {})},
            "event_time": str(config.get("event_time") or ""),
        }

    def columns(self, words: Properties | None) -> tuple[Column, ...]:
        found = words.columns if words else ()
        return tuple(
            replace(each, description=self.description(each)) if "{{" in each.description else each for each in found
        )

    def description(self, words: Described | None) -> str:
        return str(self.rendered(words.description, words.at("description"))) if words else ""

    def rendered(self, value: Any, place: Place) -> Any:
        """A YAML value with its templates filled in; `True` and `False` become booleans."""
        if not isinstance(value, str) or "{{" not in value:
            return value
        with blamed_on(place):
            text = self._templates.render("", value, self._scope).sql
        return {"True": True, "False": False}.get(text.strip(), text)

    def relation(self, kind: str, name: str, path: Path, config: Mapping[str, Any]) -> Relation:
        """The project's own `generate_schema_name` and `generate_alias_name` have the last word, as in dbt."""
        words = {"schema": config.get("schema"), "alias": config.get("alias")}
        for word, custom in words.items():
            macro = f"generate_{word}_name"
            if macro in self._templates.places:
                node = self._described(kind, name, path, config)
                words[word] = self._templates.render_call(macro, {}, self._scope, custom, node).sql.strip()
        schema = config.get("target_schema") if config.get("schema") is None else None  # of older snapshots: as it is
        return Relation(schema or words["schema"] or TARGET["schema"], words["alias"] or name)

    def _described(self, kind: str, name: str, path: Path, config: Mapping[str, Any]) -> Mapping[str, Any]:
        """A node as such macros see it."""
        project = self._file.name
        return {
            "resource_type": kind,
            "name": name,
            "package_name": project,
            "fqn": [project, *path.parent.parts[1:], name],
            "original_file_path": str(path),
            "config": config,
            "tags": list(config.get("tags", ())),
        }

    def _merge(self, config: Layers, more: Mapping[str, Any], place: Place, known: frozenset[str]) -> None:
        for key, value in more.items():
            at = more.place(key) if isinstance(more, Block) else place
            if key not in known:
                raise _unknown_setting(key, at, known)
            # a test's `where` may read tables, whose addresses are not known yet
            filled = value if key == "where" else self.rendered(value, at)
            config.places[key] = at
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


def said(*words: Described | None) -> Iterator[Said]:
    """What YAML sets for a node."""
    for each in words:
        if each is not None:
            yield each.config, each.place


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


def refuse_unknown_folders(file: ProjectFile, kind: str, roots: tuple[str, ...]) -> None:
    """A folder that project.yml configures must be there, or the settings fall on nobody."""
    tree, known = getattr(file, kind), KEYS[kind]
    _refuse_unknown_names(tree, {file.name}, known)
    if isinstance(tree.get(file.name), Block):
        _refuse_missing(tree[file.name], [Path(root) for root in roots], known)


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
