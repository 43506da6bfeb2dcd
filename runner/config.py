"""The shapes of our YAML, and the one strict reader of them: an unknown key is an error.

The only door to PyYAML. Refuses to know what the values mean: that is project.py's job.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Hashable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import yaml

from runner.errors import AuthorError, Place, did_you_mean, line_of

T = TypeVar("T")
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Block(dict[str, Any]):
    """A YAML mapping that knows where it and each of its keys stand."""

    def __init__(self, path: str, lines: list[str], start: tuple[int, int]) -> None:
        super().__init__()
        self.path, self.lines, self.start = path, lines, start
        self.marks: dict[str, tuple[int, int]] = {}

    def place(self, key: str | None = None) -> Place:
        return _place(self.path, self.lines, self.start if key is None else self.marks.get(key, self.start))


class Items(list[Any]):
    """A YAML list that knows where each of its items stands."""

    def __init__(self, path: str, lines: list[str]) -> None:
        super().__init__()
        self.path, self.lines = path, lines
        self.marks: list[tuple[int, int]] = []

    def places(self) -> Iterator[Place]:
        for mark in self.marks:
            yield _place(self.path, self.lines, mark)


def _place(path: str, lines: list[str], mark: tuple[int, int]) -> Place:
    line, column = mark
    return Place(path, line, column, lines[line - 1] if line <= len(lines) else "")


def refusal(kind: str, name: str) -> AuthorError | None:
    """The error for what we leave out of dbt; None for a name that dbt does not know either."""
    feature = stored("dbt_subset.yml")[kind].get(name.replace("-", "_"))
    if feature is None:
        return None
    return AuthorError(f"`{name}` is not supported: {feature}", hint="docs/dbt.md lists what of dbt is supported")


@cache
def stored(name: str) -> dict[str, Any]:
    """A YAML file that comes with the runner; read once, and only where it is needed."""
    path = Path(__file__).with_name(name)
    return dict(read_yaml(str(path), read_text(path)))


def place_of(key: str, otherwise: Place, *blocks: Any) -> Place:
    """Where the first block that has the key says it."""
    return next((each.place(key) for each in blocks if isinstance(each, Block) and key in each), otherwise)


def read_text(path: Path) -> str:
    """A text file as UTF-8; what cannot be read is an error that names the file."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as e:
        place = Place(str(path), e.object.count(b"\n", 0, e.start) + 1, 1)
        message = f"not UTF-8 text: byte {e.object[e.start]:#04x}"
        raise AuthorError(message, place=place, hint="save the file as UTF-8") from e


def yaml_text(value: Any, *, sort_keys: bool = False) -> str:
    """Values as YAML; plain lists and mappings, whatever they know of their places."""
    return str(yaml.safe_dump(json.loads(json.dumps(value, default=str)), sort_keys=sort_keys))


def read_yaml(path: str, text: str) -> Any:
    """The document as Blocks, Items and scalars; None for an empty one."""
    try:
        loader = Loader(text)
        node = loader.get_single_node()
        return None if node is None else _built(loader, node, path, text.split("\n"))
    except yaml.MarkedYAMLError as e:
        is_late = "end of stream" in str(e.problem) or "did not find expected" in str(e.problem)
        mark = (e.context_mark if is_late else None) or e.problem_mark or e.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        place = Place(path, line, column, line_of(text, line))
        hint = "YAML is indented with spaces, never with tabs" if "\t" in place.excerpt else _YAML_HINT
        raise AuthorError(f"not valid YAML: {e.problem or e.context}", place=place, hint=hint) from e
    except (UnicodeError, yaml.YAMLError) as e:
        raise AuthorError(f"not readable text: {e}", place=Place(path)) from e


_YAML_HINT = "check the indentation and the quotes here; a value that starts with { needs quotes"


def _built(loader: Any, node: Any, path: str, lines: list[str]) -> Any:
    if isinstance(node, yaml.MappingNode):
        block = Block(path, lines, _mark(node))
        own = [key_node.value for key_node, _ in node.value if isinstance(key_node, yaml.ScalarNode)]
        twice = {key for key in own if own.count(key) > 1} if len(set(own)) < len(own) else ()
        loader.flatten_mapping(node)
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise AuthorError("a key must be a word", place=_place(path, lines, _mark(key_node)), hint=_YAML_HINT)
            key = str(_scalar(loader, key_node))
            if key in twice and key in block:
                raise AuthorError(f"the key `{key}` stands twice", place=_place(path, lines, _mark(key_node)))
            block[key] = _built(loader, value_node, path, lines)
            block.marks[key] = _mark(key_node)
        return block
    if isinstance(node, yaml.SequenceNode):
        items = Items(path, lines)
        for item in node.value:
            items.append(_built(loader, item, path, lines))
            items.marks.append(_mark(item))
        return items
    return _scalar(loader, node)


def _scalar(loader: Any, node: Any) -> Any:
    is_text = node.tag == "tag:yaml.org,2002:str"  # most are, and need no constructing
    return node.value if is_text else loader.construct_object(node, deep=True)


def _mark(node: Any) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def read_shape(shape: type[T], value: Any, place: Place) -> T:
    """`value` as the dataclass `shape`; every mistake names its line and the nearest known key."""
    if not isinstance(value, Block):
        raise AuthorError(f"expected keys and values here, found {_kind(value)}", place=place)
    known = _fields(cast(Hashable, shape))
    arguments: dict[str, Any] = {}
    for key, item in value.items():
        if key.replace("-", "_") in getattr(shape, "ignored", ()):
            continue
        entry = known.get(key.replace("-", "_"))
        if entry is None:
            raise _unknown_key(key, value, list(known))
        name, read = entry
        if item is not None:
            arguments[name] = read(item, value.place(key), key)
    arguments["block"] = value
    for needed in fields(shape):  # type: ignore[arg-type]
        if needed.default is needed.default_factory is MISSING and needed.name not in arguments:
            raise AuthorError(f"the key `{needed.name}` is missing", place=value.place())
    return shape(**arguments)


def _unknown_key(key: str, block: Block, known: list[str]) -> AuthorError:
    hint = did_you_mean(key, known, "known here: " + ", ".join(sorted(known)))
    return (refusal("keys", key) or AuthorError(f"unknown key `{key}`", hint=hint)).at(block.place(key))


Read = Callable[[Any, Place, str], Any]


@cache
def _fields(shape: Any) -> dict[str, tuple[str, Read]]:
    """By key in the file: the field's name and how its value is read."""
    hints = get_type_hints(shape)
    return {
        key: (each.name, _reader(hints[each.name]))
        for each in fields(shape)
        for key in {each.name, each.metadata.get("alias", each.name)} - {"block"}
    }


def _reader(hint: Any) -> Read:
    origin = get_origin(hint)
    if hint in (Any, Block):
        return lambda value, place, key: value
    if origin in (Union, types.UnionType):
        return _reader(next(each for each in get_args(hint) if each is not type(None)))
    if origin is tuple:
        return _tuple_reader(get_args(hint)[0])
    if is_dataclass(hint):
        return lambda value, place, key: read_shape(cast(type[Any], hint), value, place)
    return _scalar_reader(*_SCALARS[origin or hint])


_SCALARS: dict[Any, tuple[tuple[type, ...], str]] = {
    dict: ((Block,), "keys and values"),
    Items: ((Items,), "a list"),
    float: ((int, float), "a number"),
    str: ((str, int, float), "text"),
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
}


def _tuple_reader(member: Any) -> Read:
    read_member, read_list = _reader(member), _scalar_reader(*_SCALARS[Items])

    def read(value: Any, place: Place, key: str) -> Any:
        if isinstance(value, str) and member is str:
            return (value,)
        return tuple(read_member(item, at, key) for item, at in zip(read_list(value, place, key), value.places()))

    return read


def _scalar_reader(allowed: tuple[type, ...], wanted: str) -> Read:
    def read(value: Any, place: Place, key: str) -> Any:
        if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
            raise AuthorError(f"`{key}` must be {wanted}, not {_kind(value)}", place=place)
        return str(value) if str in allowed else value

    return read


def _kind(value: Any) -> str:
    return {type(None): "nothing", Block: "keys and values", Items: "a list"}.get(type(value), f"`{value}`")
