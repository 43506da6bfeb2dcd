"""Every character of compiled SQL leads back to the file, line and column that the author wrote."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from conftest import Shop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.compile import Compiled, Manifest, compile_project
from runner.errors import AuthorError, CoterieError, Place, place_in
from runner.project import load_project


def located(manifest: Manifest, compiled: Compiled, offset: int) -> CoterieError:
    """An error at that character of the compiled SQL, at the place where it was written."""
    error = AuthorError("wrong")
    error.offset = offset
    return manifest.located(compiled, error)


def place_of(manifest: Manifest, name: str, word: str, nth: int = 0) -> tuple[str, list[str]]:
    """Where the n-th `word` of the compiled SQL was written, and the calls that led there."""
    compiled = manifest.compiled[name]
    offset = -1
    for _ in range(nth + 1):
        offset = compiled.sql.index(word, offset + 1)
    error = located(manifest, compiled, offset)
    return str(error.place), [str(each) for each in error.called_from]


@pytest.mark.parametrize(
    ("text", "word", "place"),
    [
        ("select here", "here", "1:8"),
        ("select\n\n\t\there", "here", "3:3"),
        ("select 'é東🎁', here", "here", "1:15"),
        ("{{ config(materialized='table') }}\nselect here", "here", "2:8"),
        ("{#\n a\n long\n comment\n#}\nselect here", "here", "6:8"),
        ("select 1\n{# a #}{# b #}\n, here", "here", "3:3"),
        ("{% set n = 1 %}\n{% set m = 2 %}\n\nselect {{ n }}, {{ m }}, here", "here", "4:26"),
        # an expression is one place: where it opens
        ("select\n  {{ 'her' ~ 'e' }} as a", "here", "2:3"),
        ("select\n  {{ 'her' ~ 'e' }} as a", "as a", "2:21"),
        # whitespace control moves text, not places
        ("select 1,\n\n   {%- if true %}\n  here{% endif %}", "here", "4:3"),
        ("select {%- if true -%}\n\n   here\n{%- endif %}", "here", "3:4"),
        ("select\n{{- ' 1,' }}\n  here", "here", "3:3"),
        ("select 1, {{ 2 -}}\n\n, here", "here", "3:3"),
        ("{%- set n = 1 -%}\n\n   select here", "here", "3:11"),
        # what stands in another branch is not there
        ("select {% if false %}here{% else %}  here{% endif %}", "here", "1:38"),
        ("{% raw %}select '{{ x }}', here{% endraw %}", "here", "1:28"),
        ("{% raw %}\n\nselect '{% y %}',\n  here{% endraw %}", "here", "4:3"),
        ("select '%}', '}}', here", "here", "1:20"),
        ("select {{ '}}' }} , here", "here", "1:21"),
        ("{% filter trim %}\n  select\n    here\n{% endfilter %}", "here", "3:5"),
        # trailing and leading emptiness is cut from the SQL
        ("\n\n   select here\n\n\n", "here", "3:11"),
    ],
)
def test_a_word_is_found_where_it_was_written(shop: Shop, text: str, word: str, place: str) -> None:
    manifest = shop({"models/m.sql": text})
    assert place_of(manifest, "m", word) == (f"models/m.sql:{place}", [])


def test_windows_line_ends_change_no_place(shop: Shop) -> None:
    text = "{% set n = 1 %}\r\nselect\r\n    {{ n }},\r\n\r\n    here\r\n"
    assert place_of(shop({"models/m.sql": text}), "m", "here") == ("models/m.sql:5:5", [])


def test_a_byte_order_mark_is_no_column(shop: Shop) -> None:
    assert place_of(shop({"models/m.sql": "\ufeffselect here"}), "m", "here")[0].endswith(":1:8")


LOOP = "select\n    {% for n in [1, 2, 3] -%}\n    here + {{ n }} as c{{ n }},\n    {% endfor %}\n    0"


@pytest.mark.parametrize("nth", [0, 1, 2])
def test_every_turn_of_a_loop_leads_to_its_one_line(shop: Shop, nth: int) -> None:
    manifest = shop({"models/m.sql": LOOP})
    assert place_of(manifest, "m", "here", nth) == ("models/m.sql:3:5", [])
    assert place_of(manifest, "m", "as c", nth) == ("models/m.sql:3:20", [])
    assert place_of(manifest, "m", str(nth + 1)) == ("models/m.sql:3:12", [])


MACROS = {
    "macros/outer.sql": "{% macro outer(x) %}\n  ({{ x }} +\n   {{ inner(x) }})\n{% endmacro %}\n",
    "macros/inner.sql": "{# one line above #}\n{% macro inner(x) -%}\n\n  {{ x }} * here\n{%- endmacro %}\n",
}


def test_text_of_a_macro_leads_into_the_macro_and_names_the_callers(shop: Shop) -> None:
    manifest = shop({**MACROS, "models/m.sql": "select\n    {{ outer('amount') }} as a,\n    there"})
    assert place_of(manifest, "m", "here") == ("macros/inner.sql:4:13", ["macros/outer.sql:3:4", "models/m.sql:2:5"])
    assert place_of(manifest, "m", "+") == ("macros/outer.sql:2:12", ["models/m.sql:2:5"])
    assert place_of(manifest, "m", "there") == ("models/m.sql:3:5", [])
    assert place_of(manifest, "m", "as a") == ("models/m.sql:2:27", [])


def test_a_macro_called_twice_names_the_call_that_counts(shop: Shop) -> None:
    manifest = shop({**MACROS, "models/m.sql": "select {{ inner('a') }},\n{{ inner('b') }}"})
    assert place_of(manifest, "m", "here", 0)[1] == ["models/m.sql:1:8"]
    assert place_of(manifest, "m", "here", 1)[1] == ["models/m.sql:2:1"]


def test_a_macro_that_calls_itself_ends_at_its_own_text(shop: Shop) -> None:
    macro = "{% macro sum_of(n) %}{{ n }}{% if n %} + {{ sum_of(n - 1) }}{% else %} + here{% endif %}{% endmacro %}"
    manifest = shop({"macros/m.sql": macro, "models/m.sql": "select {{ sum_of(2) }}"})
    place, callers = place_of(manifest, "m", "here")
    assert place == f"macros/m.sql:1:{macro.index('here') + 1}"
    assert callers[-1] == "models/m.sql:1:8"


def test_a_macro_call_block_leads_to_the_text_of_the_caller(shop: Shop) -> None:
    files = {
        "macros/w.sql": "{% macro wrapped() %}(beside {{ caller() }}){% endmacro %}",
        "models/m.sql": "select\n{% call wrapped() %}\n  here\n{% endcall %}",
    }
    manifest = shop(files)
    assert place_of(manifest, "m", "here")[0] == "models/m.sql:3:3"
    assert place_of(manifest, "m", "beside")[0] == "macros/w.sql:1:23"


def test_text_of_an_ephemeral_model_leads_into_it(shop: Shop) -> None:
    manifest = shop(
        {
            "models/recent.sql": "{{ config(materialized='ephemeral') }}\nselect\n    here\n",
            "models/m.sql": "select a\nfrom {{ ref('recent') }}\nwhere there",
        }
    )
    assert place_of(manifest, "m", "here") == ("models/recent.sql:3:5", ["models/m.sql:2:6"])
    assert place_of(manifest, "m", "there") == ("models/m.sql:3:7", [])


def test_a_set_block_with_text_leads_to_its_text_or_its_use(shop: Shop) -> None:
    text = "{% set words %}\n  here\n{% endset %}\nselect 1,\n  {{ words }}"
    place, _ = place_of(shop({"models/m.sql": text}), "m", "here")
    assert place in ("models/m.sql:2:3", "models/m.sql:5:3")


def test_a_filtered_text_falls_back_to_a_place_in_the_file(shop: Shop) -> None:
    text = "{% filter upper %}\nselect\n  here\n{% endfilter %}"
    place, _ = place_of(shop({"models/m.sql": text}), "m", "HERE")
    assert place == "models/m.sql:3:3"


def test_a_singular_test_has_places_too(shop: Shop) -> None:
    manifest = shop(
        {
            "models/orders.sql": "select 1 as id",
            "tests/data/ids_are_positive.sql": "-- why\n\nselect *\nfrom {{ ref('orders') }}\nwhere is_here",
        }
    )
    assert place_of(manifest, "ids_are_positive", "is_here") == ("tests/data/ids_are_positive.sql:5:7", [])


# Random templates: each written word `w<n>` is unique in the files, so whatever the template does
# with it, every copy of it in the SQL has to lead back to that one place.

SPACE = st.sampled_from(["", " ", "\n", "\n\n    ", "\t", "  \n"])
DASH = st.sampled_from(["", "-"])


class Writing:
    """Hands out unique words and macro names while a template is drawn."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.words, self.macros = draw, 0, [""]

    def text(self) -> str:
        self.words += 1
        odd = self.draw(st.sampled_from(["", "é東🎁", "'%}'", "-- }}\n"]))
        return f"{self.draw(SPACE)}{odd} w{self.words} {self.draw(SPACE)}"

    def tag(self, inside: str) -> str:
        return f"{{%{self.draw(DASH)} {inside} {self.draw(DASH)}%}}"

    def body(self, depth: int) -> str:
        return "".join(self.piece(depth) for _ in range(self.draw(st.integers(1, 3))))

    def piece(self, depth: int) -> str:
        kinds = ["text", "comment", "set", "expression"]
        if depth:
            kinds += ["if", "for", "raw", "macro"]
        match self.draw(st.sampled_from(kinds)):
            case "comment":
                return f"{{#{self.draw(DASH)}{self.text()}{self.draw(DASH)}#}}"
            case "set":
                return self.tag("set n = 'x'") + self.text()
            case "expression":
                return f"{{{{{self.draw(DASH)} 'e' ~ 1 {self.draw(DASH)}}}}}" + self.text()
            case "if":
                tail = self.tag("else") + self.body(depth - 1) + self.tag("endif")
                condition = self.draw(st.sampled_from(["true", "false"]))
                return self.tag(f"if {condition}") + self.body(depth - 1) + tail
            case "for":
                return self.tag("for i in [1, 2]") + self.body(depth - 1) + self.tag("endfor")
            case "raw":
                return "{% raw %}" + self.text() + "{{ no }}" + self.text() + "{% endraw %}"
            case "macro":
                name = f"m{len(self.macros)}"
                self.macros.append("")
                body = self.tag(f"macro {name}()") + self.body(depth - 1) + self.tag("endmacro")
                self.macros[int(name[1:])] = body
                return f"{{{{ {name}() }}}}"
            case _:
                return self.text()


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    writing = Writing(draw)
    model = "select " + writing.body(3)
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    files = {"models/m.sql": model} | {
        f"macros/m{at}.sql": f"{draw(SPACE)}{text}\n" for at, text in enumerate(writing.macros) if text
    }
    return {path: text.replace("\n", newline) for path, text in files.items()}


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(files=projects(), chance=st.randoms(use_true_random=False))
def test_every_written_word_leads_back_to_its_place(
    files: dict[str, str],
    chance: random.Random,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path_factory.mktemp("shop")
    for path, text in {"project.yml": "name: shop\n", **files}.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="")
    monkeypatch.chdir(folder)
    manifest = compile_project(load_project({}, {}))
    compiled = manifest.compiled["m"]
    written = {
        word: place_in(path, text.replace("\r\n", "\n"), at)
        for path, text in files.items()
        for word, at in words_of(text.replace("\r\n", "\n"))
    }
    rendered = words_of(compiled.sql)
    for word, at in chance.sample(rendered, min(6, len(rendered))):
        error = located(manifest, compiled, at)
        assert error.place == written[word], (word, files)


def words_of(text: str) -> list[tuple[str, int]]:
    """The words `w<n>` of a text, with their offsets."""
    found, at = [], 0
    for piece in text.split(" "):
        if piece[:1] == "w" and piece[1:].isdigit():
            found.append((piece, at))
        at += len(piece) + 1
    return found


def test_the_words_of_a_text_are_found_with_their_offsets(tmp_path: Path) -> None:
    assert words_of("select  w1 , w22 w") == [("w1", 8), ("w22", 13)]
    assert place_in("m.sql", "a\n w1 ", 3) == Place("m.sql", 2, 2, " w1 ")
