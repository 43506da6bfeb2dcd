"""The only door to Jinja (sandboxed): template in; SQL, what it read, and a source map out.

Where in the author's files a character of rendered SQL comes from is told by rendering once more with marks woven in,
so that the ordinary render costs nothing. Where that differs, it is the same line of text.

Rendering is pure: no database, no clock. What `ref` and `source` answer is the scope's affair.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from traceback import walk_tb
from typing import Any, cast

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Macro
from jinja2.sandbox import SandboxedEnvironment

from runner.config import read_yaml, refusal, yaml_text
from runner.errors import AuthorError, CoterieError, Mistake, Place, did_you_mean, line_of, place_in
from runner.relation import quoted
from runner.scope import FILTERS, PURE, TARGET, Asking, Names, Reading, Rendered, Returned, Scope, dispatch, or_default

TEMPLATE_FAULTS = (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError, RecursionError)
"""What a template can raise at run time besides our own errors."""


BUILTIN = ("cross_database.sql", "generic_tests.sql")
"""Macros that come with the runner; a project may define its own of the same name."""
TAGS = ("if", "for", "set", "macro", "test", "call", "do", "filter", "raw", "docs")


class Templates:
    """All macros of a project, compiled when first called."""

    def __init__(self, macro_files: Mapping[str, str]) -> None:
        self.env = SandboxedEnvironment(undefined=StrictUndefined, extensions=["jinja2.ext.do", NamedBlocks])
        self.env.extend(macro_paths=frozenset(macro_files))
        self.texts = dict(macro_files)
        self.places: dict[str, Place] = {}
        self.asking = Asking()
        self._cross_database: dict[str, Any] = {}
        self._calls: dict[str, Callable[[], Any]] = {}
        self._programs: dict[tuple[str, str], Template] = {}
        known = {
            "doc": self._doc,
            "dbt": Names("dbt", self._cross_database, refusal),
            "adapter": Names("adapter", {"dispatch": partial(dispatch, self.env.globals), "quote": quoted}, refusal),
            "toyaml": or_default(yaml_text, ValueError),
            "fromyaml": or_default(partial(read_yaml, ""), CoterieError),
        }
        self.env.globals.update(PURE | self.asking.names() | known)
        self.env.filters.update(FILTERS)
        for path, text in macro_files.items():
            self._load_macros(path, text)

    def render(self, path: str, text: str, scope: Scope) -> Rendered:
        """Raises AuthorError at the place in the file that the author wrote."""
        self.texts[path] = text
        return self._run(lambda: self._text_of(path, text), scope)

    def render_call(self, macro: str, arguments: Mapping[str, Any], scope: Scope, *given: Any) -> Rendered:
        """The text that one macro returns; generic tests and doc blocks are macros too."""
        return self._run(lambda: str(cast(LazyMacro, self.env.globals[macro])(*given, **arguments)), scope)

    def says_of_itself(self, macro: str) -> dict[str, Any]:
        """What a generic test says in a `config()` of its own, without being rendered."""
        node = cast(LazyMacro, self.env.globals[macro]).node
        calls = [each for each in node.find_all(nodes.Call) if _name(each) == "config"]
        try:
            return {each.key: each.value.as_const() for call in calls for each in call.kwargs}
        except nodes.Impossible as e:
            message = "the `config()` of a generic test takes constants"
            raise AuthorError(message, place=self.places[macro], hint="say the rest in YAML") from e

    def _run(self, action: Callable[[], str], scope: Scope) -> Rendered:
        asking = self.asking
        outer = asking.scope, asking.reading
        asking.scope, asking.reading = scope, Reading()
        try:
            return Rendered(action(), asking.reading)
        except TEMPLATE_FAULTS as e:
            raise self._translated(e) from e
        except Returned as e:
            raise AuthorError("`return` has a meaning in a macro only").at(*self._where(e, "")) from e
        except CoterieError as e:
            raise e.at(*self._where(e, getattr(e, "word", ""))) from e.__cause__
        finally:
            asking.scope, asking.reading = outer

    def _text_of(self, path: str, text: str) -> str:
        prepared = self.prepared(path, text)
        start, *rest = CALL.split(prepared.removesuffix("\n"))  # Jinja drops the last line's end too
        if not NOT_PLAIN.search("".join([start, *rest[1::2]])):
            # the compiled template tells the same error with its place
            with suppress(CoterieError, UndefinedError, TemplateSyntaxError, nodes.Impossible):
                calls = [self._plain_call(each) for each in rest[::2]]
                return start + "".join(f"{call()}{after}" for call, after in zip(calls, rest[1::2]))
        if (path, prepared) not in self._programs:
            code = self.env.compile(prepared, path, path)
            self._programs[path, prepared] = self.env.template_class.from_code(self.env, code, self.env.globals)
        return self._programs[path, prepared].render()

    def _plain_call(self, text: str) -> Callable[[], Any]:
        """A call with constants, as Jinja reads it, once for each wording: ten times as fast as a compiled template."""
        if text not in self._calls:
            parser = Parser(self.env, text, state="variable")
            call = parser.parse_expression().set_environment(self.env)
            if not (parser.stream.eos and isinstance(call, nodes.Call) and _name(call) in PLAIN_CALLS):
                raise nodes.Impossible
            if call.dyn_args or call.dyn_kwargs:
                raise nodes.Impossible
            keywords = {each.key: each.value.as_const() for each in call.kwargs}
            called = cast(Callable[..., Any], self.env.globals[_name(call)])
            self._calls[text] = partial(called, *(each.as_const() for each in call.args), **keywords)
        return self._calls[text]

    def prepared(self, path: str, text: str) -> str:
        """The text that is compiled; a subclass may weave marks into it."""
        return text

    def _load_macros(self, path: str, text: str) -> None:
        try:
            tree = self.env.parse(self.prepared(path, text), path, path)
        except TemplateSyntaxError as e:
            raise self._translated(e) from e
        for macro in (each for each in tree.body if isinstance(each, nodes.Macro)):
            place = Place(path, macro.lineno, 1, line_of(text, macro.lineno))
            if macro.name in self.places and self.places[macro.name].path not in BUILTIN:
                message = f"the macro `{macro.name}` is already defined at {self.places[macro.name]}"
                raise AuthorError(message, place=place, hint="rename one of the two")
            self.places[macro.name] = place
            self.env.globals[macro.name] = LazyMacro(self, macro, path)
            if path == BUILTIN[0]:
                self._cross_database[macro.name] = self.env.globals[macro.name]

    def _doc(self, name: str) -> str:
        if f"docs_{name}" not in self.places:
            known = [each.removeprefix("docs_") for each in self.places if each.startswith("docs_")]
            raise Mistake(f"unknown doc block `{name}`", name, did_you_mean(name, known))
        return str(cast(LazyMacro, self.env.globals[f"docs_{name}"])()).strip()

    def macro_text(self, macro: str) -> str:
        """What the macro says, whatever its layout outside text."""
        known = self.env.globals.get(macro)
        return repr(known.node) if isinstance(known, LazyMacro) else ""

    def _translated(self, error: Exception) -> CoterieError:
        if isinstance(error, TemplateSyntaxError):
            return self._syntax_error(error)
        if isinstance(error, UndefinedError):
            return self._undefined(error)
        is_endless = isinstance(error, RecursionError)
        message = "macros call one another without end" if is_endless else str(error) or type(error).__name__
        hint = "macros in macros/ need no import" if "no loader" in message else ""
        return AuthorError(message.replace("macro 'test_", "test '"), hint=hint).at(*self._where(error, ""))

    def _syntax_error(self, error: TemplateSyntaxError) -> CoterieError:
        path = error.filename or error.name or ""
        word = _quoted_word(str(error.message))
        place = self._place(path, error.lineno, word)
        if isinstance(error.__cause__, CoterieError):
            return error.__cause__.at(place)
        message, hint = error.message or "template syntax error", ""
        if "Unexpected end of template" in message or "Missing end of" in message:
            hint = "close the block that is still open here"
            tag = message.rpartition("closed is '")[2].partition("'")[0]
            opened = self.texts.get(path, "").rfind("{% " + tag)
            if opened >= 0:
                place = place_in(path, self.texts[path], opened)
        elif "unknown tag" in message:
            hint = did_you_mean(word, TAGS, "known tags: " + ", ".join(TAGS))
        return AuthorError(f"template: {message}", place=place, hint=hint)

    def _undefined(self, error: UndefinedError) -> CoterieError:
        name = _quoted_word(str(error))
        hint = did_you_mean(name, self.env.globals, "a macro must stand in macros/")
        place, called_from = self._where(error, name)
        if str(error).startswith("parameter"):
            return AuthorError(f"the argument `{name}` is not given").at(place, called_from)
        message = f"`{name}` is not defined" if "is undefined" in str(error) else str(error)
        field = "".join(str(error).split("'")[3:4])
        found = re.search(rf"\w+(?=\.{re.escape(field)}\b)", place.excerpt) if field and place else None
        if found and place:
            message, hint = f"`{found[0]}.{field}` is not known", did_you_mean(field, TARGET)
            place = replace(place, column=found.end() + 2)
        return (refusal("template_names", name) or AuthorError(message, hint=hint)).at(place, called_from)

    def _where(self, error: BaseException, word: str) -> tuple[Place | None, tuple[Place, ...]]:
        """Innermost template frame, and the frames that led there, innermost first."""
        frames = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
        places = [self._place(path, line, word) for path, line in reversed(frames) if path in self.texts]
        callers = tuple(place for place in places[1:] if place.path not in ("", places[0].path))
        return (places[0] if places else None), callers

    def _place(self, path: str, line: int, word: str) -> Place:
        """Of the word in that line, or of the line's first tag."""
        text = line_of(self.texts.get(path, ""), line)
        return Place(path, line, text.find(word) + 1 if word and word in text else _first_tag(text), text)


PLAIN_CALLS = frozenset({"ref", "source", "var", "env_var", "config", "doc"})
"""What a plain template may call, with constants."""
CALL = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
NOT_PLAIN = re.compile(r"\{[{%#]|\r")


def _name(call: nodes.Call) -> str:
    return call.node.name if isinstance(call.node, nodes.Name) else ""


class LazyMacro:
    """A macro that is compiled at its first call, and may `return` a value."""

    def __init__(self, templates: Templates, node: nodes.Macro, path: str) -> None:
        self._templates, self.node, self._path = templates, node, path
        self._macro: Macro | None = None

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        asking, name = self._templates.asking, self.node.name
        asking.reading.macros.add(name)
        if name in asking.scope.answers:
            return asking.scope.answers[name]
        if self._macro is None:
            self._macro = self._compiled()
        try:
            return self._macro(*arguments, **keywords)
        except Returned as e:
            return e.args[0]

    def _compiled(self) -> Macro:
        env = self._templates.env
        tree = nodes.Template([self.node], lineno=1).set_environment(env)
        code = env.compile(cast(Any, tree), self._path, self._path)
        template = env.template_class.from_code(env, code, env.globals)
        context = template.new_context()
        list(template.root_render_func(context))
        return cast(Macro, context.vars[self.node.name])


class NamedBlocks(Extension):
    """`{% test %}`, `{% docs %}` and `{% snapshot %}` are macros by another name; another block is refused."""

    tags = {"test", "docs", "snapshot", "materialization"}  # noqa: RUF012 - as Jinja wants it

    def parse(self, parser: Parser) -> nodes.Node:
        token = next(parser.stream)
        if token.value == "materialization":
            parser.fail("dbt's {% materialization %} blocks are not supported", token.lineno)
        if token.value == "snapshot" and parser.name not in cast(Any, self.environment).macro_paths:
            parser.fail("a {% snapshot %} block belongs in a file of its own in snapshots/", token.lineno)
        node = nodes.Macro(lineno=token.lineno)
        node.name = f"{token.value}_{parser.parse_assign_target(name_only=True).name}"
        node.args, node.defaults = [], []
        if token.value == "test":
            parser.parse_signature(node)
        node.body = parser.parse_statements((f"name:end{token.value}",), drop_needle=True)
        return node


def _quoted_word(message: str) -> str:
    """The first word that a complaint puts between quotes."""
    return next(iter(re.findall("'([^']*)'", message)), "")


def _first_tag(line: str) -> int:
    """The column where a template complains of a line and of no word in it."""
    starts = [at for at in (line.find("{{"), line.find("{%")) if at >= 0]
    return (min(starts) if starts else len(line) - len(line.lstrip())) + 1


# private-use characters: TEXT id END before literal text, OPEN id END … CLOSE around {{ … }}
TEXT, END, OPEN, CLOSE = "\ue000", "\ue001", "\ue002", "\ue003"
Found = tuple[Place, tuple[Place, ...]]
"""A place, and the calls that led to it."""
MARK = re.compile(f"{TEXT}([0-9]+){END}|{OPEN}([0-9]+){END}|{CLOSE}")


@dataclass(frozen=True)
class Span:
    """Rendered text from `start` on comes from one place, reached through `callers`."""

    start: int
    origin: int
    is_text: bool
    callers: tuple[int, ...]


class MarkedTemplates(Templates):
    """The same templates, with a mark before each piece of text and around each expression."""

    def __init__(self, macro_files: Mapping[str, str]) -> None:
        self.origins: list[tuple[str, int]] = []
        super().__init__(macro_files)

    def prepared(self, path: str, text: str) -> str:
        pieces: list[str] = []
        at = end = 0
        for _, token, value in self.env.lexer.tokeniter(text, path, path):
            at = text.find(value, end)
            opened = self._mark(OPEN, path, at) if token == "variable_begin" else ""
            literal = self._mark(TEXT, path, at) if token == "data" else ""
            pieces += [opened, text[end:at], literal, value, CLOSE if token == "variable_end" else ""]
            end = at + len(value)
        return "".join(pieces) + text[end:]

    def _mark(self, kind: str, path: str, offset: int) -> str:
        self.origins.append((path, offset))
        return f"{kind}{len(self.origins) - 1}{END}"

    def place(self, marked: str, offset: int) -> Found | None:
        """The place of a character of the text without marks, and the calls that led to it."""
        spans = _spans(marked)
        if not spans:
            return None
        span = spans[max(0, bisect_right([each.start for each in spans], offset) - 1)]
        path, start = self.origins[span.origin]
        here = place_in(path, self.texts[path], start + (offset - span.start if span.is_text else 0))
        callers = [self.origins[each] for each in reversed(span.callers)]
        via = tuple(place_in(path, self.texts[path], at) for path, at in callers)
        return here, tuple(each for each in via if each.path not in ("", here.path))


def _spans(marked: str) -> list[Span]:
    spans: list[Span] = []
    length = end = 0
    stack: list[int] = []
    for mark in MARK.finditer(marked):
        length += mark.start() - end
        end = mark.end()
        if mark[1] or mark[2] or stack:
            origin = int(mark[1] or mark[2] or stack.pop())
            spans.append(Span(length, origin, bool(mark[1]), tuple(stack)))
            stack += [origin] if mark[2] else []
    return spans


def same_line(path: str, text: str, rendered: str, offset: int) -> Place:
    """Where the failing line of `rendered` stands in `text`; the first line if it does not."""
    start = rendered.rfind("\n", 0, offset) + 1
    line = rendered[start:].partition("\n")[0]
    found = f"\n{text}\n".find(f"\n{line}\n") if line.strip() else -1
    return place_in(path, text, found + offset - start if found >= 0 else 0)
