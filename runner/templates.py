"""The only door to Jinja (sandboxed): template in; SQL, what it read, and a source map out.

Rendering is pure: no database, no clock. What `ref` and `source` answer is the scope's affair.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Macro
from jinja2.sandbox import SandboxedEnvironment

from runner.errors import AuthorError, CoterieError, Place, did_you_mean, line_of

TEMPLATE_FAULTS = (
    TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError,
    RecursionError,
)  # fmt: skip
"""What a template can raise at run time besides our own errors."""


class Scope(Protocol):
    """What a template may ask for while it is rendered."""

    vars: Mapping[str, Any]
    env: Mapping[str, str]
    this: str
    target: Mapping[str, str]
    is_incremental: bool

    def ref(self, name: str) -> str: ...
    def source(self, group: str, table: str) -> str: ...


@dataclass
class Reading:
    """What one render asked for."""

    refs: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    vars: set[str] = field(default_factory=set)
    macros: set[str] = field(default_factory=set)
    config: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rendered:
    sql: str
    reading: Reading


class Mistake(AuthorError):
    """A wrong word inside a template; `word` is what the caret will point at."""

    def __init__(self, message: str, word: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.word = word


class Templates:
    """All macros of a project, compiled when first called."""

    def __init__(self, macro_files: Mapping[str, str]) -> None:
        self.env = SandboxedEnvironment(
            undefined=StrictUndefined, extensions=["jinja2.ext.do", NamedBlocks]
        )
        self.texts = dict(macro_files)
        self.places: dict[str, Place] = {}
        self._scope: Scope | None = None
        self._reading = Reading()
        self._load_builtins()
        for path, text in macro_files.items():
            self._load_macros(path, text)

    def render(self, path: str, text: str, scope: Scope) -> Rendered:
        """Raises AuthorError at the place in the file that the author wrote."""
        self.texts[path] = text
        return self._run(lambda: self._template(path, text).render(), scope)

    def render_call(self, macro: str, arguments: Mapping[str, Any], scope: Scope) -> Rendered:
        """The text that one macro returns; generic tests and doc blocks are macros too."""
        return self._run(lambda: str(self.env.globals[macro](**arguments)), scope)

    def _run(self, action: Callable[[], str], scope: Scope) -> Rendered:
        outer = self._scope, self._reading
        self._scope, self._reading = scope, Reading()
        try:
            return Rendered(action(), self._reading)
        except TEMPLATE_FAULTS as e:
            raise self._translated(e) from e
        except CoterieError as e:
            raise e.at(*self._where(e, getattr(e, "word", ""))) from e.__cause__
        finally:
            self._scope, self._reading = outer

    def _template(self, path: str, text: str) -> Any:
        code = self.env.compile(self.prepared(path, text), path, path)
        return self.env.template_class.from_code(self.env, code, self.env.globals)

    def prepared(self, path: str, text: str) -> str:
        """The text that is compiled; a subclass may weave marks into it."""
        return text

    def _load_macros(self, path: str, text: str) -> None:
        try:
            tree = self.env.parse(self.prepared(path, text), path, path)
        except TemplateSyntaxError as e:
            raise self._translated(e) from e
        for macro in [each for each in tree.body if isinstance(each, nodes.Macro)]:
            place = Place(path, macro.lineno, 1, line_of(text, macro.lineno))
            if macro.name in self.places:
                first = self.places[macro.name]
                message = f"the macro `{macro.name}` is already defined at {first}"
                raise AuthorError(message, place=place, hint="rename one of the two")
            self.places[macro.name] = place
            self.env.globals[macro.name] = LazyMacro(self, macro, path)

    def _load_builtins(self) -> None:
        known = {
            "ref": self._ref,
            "source": self._source,
            "var": self._var,
            "env_var": self._env_var,
            "config": self._config,
            "is_incremental": lambda: self._current.is_incremental,
            "return": _return,
            "this": _Asked(lambda: self._current.this),
            "target": _Target(lambda: self._current.target),
            "exceptions": _Exceptions(),
        }
        self.env.globals.update(known)
        for name, feature in UNSUPPORTED_NAMES.items():
            self.env.globals[name] = Unsupported(name, feature)

    @property
    def _current(self) -> Scope:
        if self._scope is None:
            raise Mistake("nothing is being rendered here", "")
        return self._scope

    def _ref(self, name: Any, *more: Any, **options: Any) -> str:
        if more or options:
            raise Mistake("`ref` takes one argument: the model's name", "ref")
        self._reading.refs.append(str(name))
        return self._current.ref(str(name))

    def _source(self, group: Any, table: Any) -> str:
        self._reading.sources.append(f"{group}.{table}")
        return self._current.source(str(group), str(table))

    def _var(self, name: str, default: Any = None) -> Any:
        self._reading.vars.add(name)
        known = self._current.vars
        if name not in known and default is None:
            hint = did_you_mean(name, known, "declare it under `vars:` in project.yml")
            raise Mistake(f"the var `{name}` is not defined", name, hint)
        return known.get(name, default)

    def _env_var(self, name: str, default: str | None = None) -> str:
        value = self._current.env.get(name, default)
        if value is None:
            hint = f"export {name}=…, or give env_var a default"
            raise Mistake(f"the environment variable {name} is not set", name, hint)
        return value

    def _config(self, *blocks: Mapping[str, Any], **keys: Any) -> str:
        for block in blocks:
            self._reading.config.update(block)
        self._reading.config.update(keys)
        return ""

    def used(self, macro: str) -> None:
        self._reading.macros.add(macro)

    def _translated(self, error: Exception) -> CoterieError:
        if isinstance(error, TemplateSyntaxError):
            return self._syntax_error(error)
        if isinstance(error, UndefinedError):
            return self._undefined(error)
        if isinstance(error, RecursionError):
            message = "macros call one another without end"
        else:
            message = str(error) or type(error).__name__
        place, called_from = self._where(error, "")
        return AuthorError(message, place=place, called_from=called_from)

    def _syntax_error(self, error: TemplateSyntaxError) -> CoterieError:
        path = error.filename or error.name or ""
        line = line_of(self.texts.get(path, ""), error.lineno)
        word = _quoted_word(str(error.message))
        column = line.find(word) + 1 if word and word in line else _first_tag(line)
        place = Place(path, error.lineno, column, line)
        if isinstance(error.__cause__, CoterieError):
            return error.__cause__.at(place)
        message = error.message or "template syntax error"
        hint = ""
        if "Unexpected end of template" in message or "Missing end of" in message:
            hint = "close the block that is still open here"
        elif "unknown tag" in message:
            hint = "known tags: if, for, set, macro, test, call, do, filter, raw, docs"
        return AuthorError(f"template: {message}", place=place, hint=hint)

    def _undefined(self, error: UndefinedError) -> CoterieError:
        name = _quoted_word(str(error)) or ""
        hint = did_you_mean(name, self.env.globals, "a macro must stand in macros/")
        place, called_from = self._where(error, name)
        message = f"`{name}` is not defined" if "is undefined" in str(error) else str(error)
        return AuthorError(message, place=place, hint=hint, called_from=called_from)

    def _where(self, error: BaseException, word: str) -> tuple[Place | None, tuple[Place, ...]]:
        """Innermost template frame, and the frames that led there, innermost first."""
        places: list[Place] = []
        trace: TracebackType | None = error.__traceback__
        while trace is not None:
            path, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
            if path in self.texts:
                text = line_of(self.texts[path], line)
                found = text.find(word) if word else -1
                places.append(Place(path, line, found + 1 if found >= 0 else _first_tag(text), text))
            trace = trace.tb_next
        places.reverse()
        callers = tuple(place for place in places[1:] if place.path != places[0].path)
        return (places[0] if places else None), callers


class LazyMacro:
    """A macro that is compiled at its first call, and may `return` a value."""

    def __init__(self, templates: Templates, node: nodes.Macro, path: str) -> None:
        self._templates, self._node, self._path = templates, node, path
        self._macro: Macro | None = None

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        self._templates.used(self._node.name)
        if self._macro is None:
            self._macro = self._compiled()
        try:
            return self._macro(*arguments, **keywords)
        except _Return as e:
            return e.value

    def _compiled(self) -> Macro:
        env = self._templates.env
        tree = nodes.Template([self._node], lineno=1).set_environment(env)
        code = env.compile(tree, self._path, self._path)
        template = env.template_class.from_code(env, code, env.globals)
        context = template.new_context()
        for _ in template.root_render_func(context):
            pass
        macro = context.vars[self._node.name]
        assert isinstance(macro, Macro)
        return macro


class NamedBlocks(Extension):
    """`{% test %}` and `{% docs %}` are macros by another name; dbt's other blocks are refused."""

    tags = {"test", "docs", "snapshot", "materialization"}

    def parse(self, parser: Parser) -> nodes.Node:
        token = next(parser.stream)
        if token.value in ("snapshot", "materialization"):
            parser.fail(f"dbt's {{% {token.value} %}} blocks are not supported", token.lineno)
        node = nodes.Macro(lineno=token.lineno)
        node.name = f"{token.value}_{parser.parse_assign_target(name_only=True).name}"
        node.args, node.defaults = [], []
        if token.value == "test":
            parser.parse_signature(node)
        node.body = parser.parse_statements((f"name:end{token.value}",), drop_needle=True)
        return node


UNSUPPORTED_NAMES = {
    "run_query": "queries while rendering",
    "execute": "queries while rendering",
    "statement": "queries while rendering",
    "load_result": "queries while rendering",
    "adapter": "adapter dispatch",
    "dbt_utils": "packages",
    "dbt": "adapter dispatch",
    "graph": "the graph in templates",
    "run_started_at": "the wall clock in templates (use var('as_of'))",
    "modules": "Python modules in templates",
    "invocation_id": "run ids in templates",
}
"""dbt's names outside our subset, and the feature each belongs to."""


class Unsupported:
    """A name of dbt's that we refuse by name, whatever is done with it."""

    def __init__(self, name: str, feature: str) -> None:
        self._name, self._feature = name, feature

    def _refuse(self, *_: Any, **__: Any) -> Any:
        hint = "docs/dbt.md lists what of dbt is supported"
        raise Mistake(f"`{self._name}`: {self._feature}: not supported", self._name, hint)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._refuse()

    __call__ = __bool__ = __str__ = __iter__ = __eq__ = __getitem__ = _refuse
    __hash__ = None  # type: ignore[assignment]


class _Asked:
    """A value that is looked up when it is used."""

    def __init__(self, ask: Callable[[], str]) -> None:
        self._ask = ask

    def __str__(self) -> str:
        return self._ask()


class _Target:
    def __init__(self, ask: Callable[[], Mapping[str, str]]) -> None:
        self._ask = ask

    def __getattr__(self, name: str) -> str:
        known = self._ask()
        if name not in known:
            raise Mistake(f"`target.{name}` is not known", name, did_you_mean(name, known))
        return known[name]


class _Exceptions:
    @staticmethod
    def raise_compiler_error(message: str) -> None:
        raise Mistake(message, "raise_compiler_error")


class _Return(BaseException):
    def __init__(self, value: Any) -> None:
        self.value = value


def _return(value: Any = None) -> None:
    raise _Return(value)


def _quoted_word(message: str) -> str:
    parts = message.split("'")
    return parts[1] if len(parts) > 2 else ""


def _first_tag(line: str) -> int:
    starts = [at for at in (line.find("{{"), line.find("{%")) if at >= 0]
    return (min(starts) if starts else len(line) - len(line.lstrip())) + 1
