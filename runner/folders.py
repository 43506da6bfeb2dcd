"""The configuration of a node, folder by folder as project.yml gives it, then YAML, then config().

Later layers win; `tags` add up and `meta` merges, as in dbt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.config import Block, place_of, refusal, stored
from runner.errors import AuthorError, Place, blamed_on, place_in, refuse_unknown
from runner.relation import Relation
from runner.scope import TARGET, Scope
from runner.shapes import Column, Described, ProjectFile, Properties, as_tags
from runner.templates import Templates

Said = tuple[Mapping[str, Any], Place]
"""Settings, and the place of those that do not know their own."""


def keys(kind: str) -> frozenset[str]:
    """The settings that a node of that kind has; kinds are called as in project.yml."""
    known = stored("settings.yml")
    more = "" if kind in ("sources", "data_tests") else known["tables"]
    return frozenset(f"{known[kind]} {more}".split())


class Layers(dict[str, Any]):
    """The settings of one node, and where each of them was said: a mistake in one is told there."""

    def __init__(self, name: str, place: Place) -> None:
        super().__init__()
        self.name, self.place = name, place
        self.places: dict[str, Place] = {}

    def word(self, key: str, default: str = "") -> str:
        value = str(self.get(key) or default)
        if value:
            known = stored("settings.yml")["words"][key].split()
            refuse_unknown(value, known, f"`{key}: {value}` is not supported", self.place_of(key))
        return value

    def words(self, key: str) -> tuple[str, ...]:
        return as_tags(self.get(key) or None)

    def needed(self, key: str, why: str) -> Any:
        if not self.get(key):
            raise self.error(key, f"`{self.name}` has no `{key}`", why)
        return self[key]

    def error(self, key: str, message: str, hint: str) -> AuthorError:
        return AuthorError(message, place=self.place_of(key), hint=hint)

    def place_of(self, key: str) -> Place:
        """Where it is said, or what asks for it."""
        said = (key, "incremental_strategy", "strategy", "materialized")
        return next((self.places[each] for each in said if each in self.places), self.place)


class FolderConfig:
    """Resolves configuration for one project."""

    def __init__(self, file: ProjectFile, templates: Templates, scope: Scope) -> None:
        self._file, self._templates, self._scope = file, templates, scope
        self.disabled: set[str] = set()

    def of(self, kind: str, steps: Sequence[str], place: Place, *said: Said) -> Layers:
        """What project.yml says of a node of that kind, folder by folder; then what is said elsewhere, in order."""
        config, known = Layers(steps[-1], place), keys(kind)
        for block in _blocks(getattr(self._file, kind), [self._file.name, *steps]):
            for key, value in block.items():
                if _is_setting(key, value, known):
                    at = block.place(key) if isinstance(block, Block) else self._file.place
                    self._merge(config, {key.lstrip("+"): value}, at, known)
        for words, at in said:
            self._merge(config, words, at, known)
        return config

    def inline(self, path: Path, text: str) -> Said:
        """What `config()` says in a template, and where it stands."""
        if "config(" not in text:
            return {}, Place(str(path))
        return self.asked(str(path), text), place_in(str(path), text, text.index("config("))

    def asked(self, path: str, text: str) -> Mapping[str, Any]:
        """The settings that a template gives when it is rendered."""
        return self._templates.render(path, text, self._scope).reading.config

    def table(self, kind: str, words: Properties | None, config: Layers) -> Any:
        """What models, seeds and snapshots have in common; None for one that is switched off."""
        name, place = config.name, config.place
        if not config.get("enabled", True):
            self.disabled.add(name)
            return None
        tags = as_tags(config.get("tags")) + as_tags(words.tags if words else None)
        meta = {**config.get("meta", {}), **(words.meta if words else {})}
        told = {"name": name, "path": place.path, "place": place, "words": words, "config": config, "tags": tags}
        told |= {"columns": self.columns(words), "description": self.description(words), "meta": meta}
        return told | {"relation": self.relation(kind, name, config), "event_time": str(config.get("event_time") or "")}

    def columns(self, words: Properties | None) -> tuple[Column, ...]:
        return tuple(replace(each, description=self.description(each)) for each in (words.columns if words else ()))

    def description(self, words: Described | None) -> str:
        return str(self.rendered(words.description, words.at("description"))) if words else ""

    def rendered(self, value: Any, place: Place) -> Any:
        """A YAML value with its templates filled in; `True` and `False` become booleans."""
        if not isinstance(value, str) or "{{" not in value:
            return value
        with blamed_on(place):
            text = self._templates.render("", value, self._scope).sql
        return {"True": True, "False": False}.get(text.strip(), text)

    def relation(self, kind: str, name: str, config: Layers) -> Relation:
        """The project's own `generate_schema_name` and `generate_alias_name` have the last word, as in dbt."""
        words = {"schema": config.get("schema"), "alias": config.get("alias")}
        for word, custom in words.items():
            macro = f"generate_{word}_name"
            if macro in self._templates.places:
                node = self._described(kind, name, config)
                words[word] = self._templates.render_call(macro, {}, self._scope, custom, node).sql.strip()
        schema = config.get("target_schema") if config.get("schema") is None else None  # of older snapshots: as it is
        return Relation(schema or words["schema"] or TARGET["schema"], words["alias"] or name)

    def _described(self, kind: str, name: str, config: Layers) -> Mapping[str, Any]:
        """A node as such macros see it."""
        project, path = self._file.name, config.place.path
        fqn = [project, *Path(path).parent.parts[1:], name]
        settings = {"materialized": "view" if kind == "model" else kind, **config}
        told = {"config": settings, "tags": list(config.get("tags", ())), "package_name": project, "fqn": fqn}
        return {"resource_type": kind, "name": name, "original_file_path": path, **told}

    def _merge(self, config: Layers, more: Mapping[str, Any], place: Place, known: frozenset[str]) -> None:
        for key, value in more.items():
            at = more.place(key) if isinstance(more, Block) else place
            if key not in known and (refused := refusal("settings", key)):
                raise refused.at(at)
            refuse_unknown(key, sorted(known), f"unknown setting `{key}`", at)
            # a test's `where` may read tables, whose addresses are not known yet
            filled = value if key == "where" else self.rendered(value, at)
            config.places[key] = at
            if key == "severity":
                filled = str(filled).lower()
            _refuse_value(key, filled, at)
            if key == "meta":
                filled = {**config.get("meta", {}), **filled}
            elif key == "tags":
                filled = as_tags(config.get("tags")) + as_tags(filled)
            config[key] = filled


def said(words: Described | None) -> list[Said]:
    """What YAML sets for a node."""
    return [(words.config, words.place)] if words else []


def _is_setting(key: str, value: Any, known: frozenset[str]) -> bool:
    """`+key` always sets; a bare key only if it is a known one, else it names a folder."""
    return key.startswith("+") or (key in known and not isinstance(value, Block))


def _blocks(tree: Mapping[str, Any], steps: list[str]) -> Iterator[Mapping[str, Any]]:
    """The configuration blocks that apply on the way down the folders."""
    yield tree
    below = tree.get(steps[0]) if steps else None
    if isinstance(below, dict):
        yield from _blocks(below, steps[1:])


def _refuse_value(key: str, value: Any, place: Place) -> None:
    """Some settings would do harm as anything else than what they must be."""
    known = stored("settings.yml")
    kind, choices = known["kinds"].get(key), known["choices"].get(key, "").split()
    if kind and type(value).__name__ != kind:
        raise AuthorError(f"`{key}` must be {known['wanted'][kind]}, not `{value}`", place=place)
    if choices:
        refuse_unknown(str(value), choices, f"`{key}: {value}` is not supported", place)


def refuse_unknown_folders(file: ProjectFile, kind: str, roots: tuple[str, ...]) -> None:
    """A folder that project.yml configures must be there, or the settings fall on nobody."""
    _refuse_missing(getattr(file, kind), {file.name: [Path(root) for root in roots]}, keys(kind))


def _refuse_missing(block: Mapping[str, Any], there: Mapping[str, list[Path]], known: frozenset[str]) -> None:
    """`there` is what may be configured: by name, the folders that are called so."""
    for key, value in block.items():
        if not _is_setting(key, value, known):
            place = place_of(key, Place("project.yml"), block)
            refuse_unknown(key, there, f"no folder or file `{key}` to configure", place, "settings begin with +")
        if isinstance(value, Block) and there.get(key):
            below: dict[str, list[Path]] = {}
            for path in (path for folder in there[key] if folder.is_dir() for path in folder.iterdir()):
                below.setdefault(path.stem if path.is_file() else path.name, []).extend([path] if path.is_dir() else [])
            _refuse_missing(value, below, known)
