"""Places, hints and which exit code wins."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import (
    AuthorError,
    CoterieError,
    DataError,
    EngineFault,
    ExitCode,
    Place,
    Problems,
    WorldError,
    did_you_mean,
    line_of,
    place_in,
    worst,
)
from runner.warehouse import _translated

FILES = st.text(alphabet=st.sampled_from("ab é東🎁\t\n"), max_size=60)


@pytest.mark.parametrize(
    ("codes", "wins"),
    [
        ([], ExitCode.OK),
        ([ExitCode.OK], ExitCode.OK),
        ([ExitCode.OK, ExitCode.DATA], ExitCode.DATA),
        ([ExitCode.DATA, ExitCode.WORLD], ExitCode.WORLD),
        ([ExitCode.WORLD, ExitCode.AUTHOR, ExitCode.DATA], ExitCode.AUTHOR),
    ],
)
def test_the_author_comes_before_the_world_and_the_world_before_data(codes: list[ExitCode], wins: ExitCode) -> None:
    assert worst(codes) == wins


def test_several_problems_exit_as_the_worst_of_them() -> None:
    problems = Problems([DataError("a"), WorldError("b")])
    assert problems.exit_code == ExitCode.WORLD
    assert [each.message for each in problems.errors] == ["a", "b"]


def test_exit_codes_are_the_documented_numbers() -> None:
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 130]


def test_the_first_place_stays() -> None:
    error = CoterieError("wrong")
    error.at(Place("models/a.sql", 2, 3), (Place("models/b.sql"),))
    error.at(Place("models/c.sql"))
    assert str(error.place) == "models/a.sql:2:3"
    assert [str(each) for each in error.called_from] == ["models/b.sql:1:1"]


def test_an_error_is_the_authors_unless_it_says_otherwise() -> None:
    assert CoterieError("wrong").exit_code == AuthorError("wrong").exit_code == ExitCode.AUTHOR


@pytest.mark.parametrize(
    ("offset", "line", "column", "excerpt"),
    [
        (0, 1, 1, "select"),
        (5, 1, 6, "select"),
        (6, 1, 7, "select"),  # the end of a line belongs to it
        (7, 2, 1, "\t'é東' as name,"),
        (11, 2, 5, "\t'é東' as name,"),
        (999, 3, 5, "from"),  # beyond the end is the end
        (-5, 1, 1, "select"),
    ],
)
def test_a_character_offset_has_a_line_and_a_column(offset: int, line: int, column: int, excerpt: str) -> None:
    text = "select\n\t'é東' as name,\nfrom"
    assert place_in("models/a.sql", text, offset) == Place("models/a.sql", line, column, excerpt)


def test_windows_line_ends_are_not_shown() -> None:
    text = "select\r\n    1 as id\r\n"
    assert place_in("a.sql", text, text.index("1")) == Place("a.sql", 2, 5, "    1 as id")
    assert line_of(text, 1) == "select"
    assert line_of(text, 9) == ""


@given(FILES, st.integers(0, 60))
def test_line_and_column_lead_back_to_the_offset(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    place = place_in("a.sql", text, offset)
    lines = text.split("\n")
    assert sum(len(line) + 1 for line in lines[: place.line - 1]) + place.column - 1 == offset
    assert place.excerpt == lines[place.line - 1]


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("order_idd", ["customer_id", "order_id"], "did you mean `order_id`?"),
        ("Order_ID", ["order_id"], "did you mean `order_id`?"),
        ("oder_id", ["Order_Id"], "did you mean `Order_Id`?"),
        ("shipping", ["order_id"], "known: order_id"),
        ("anything", [], "known: order_id"),
    ],
)
def test_the_nearest_known_name_is_proposed_or_nothing(name: str, known: list[str], hint: str) -> None:
    assert did_you_mean(name, known, "known: order_id") == hint


def test_a_fault_of_the_engine_is_told_without_its_stack() -> None:
    """As DuckDB 2.0.0 words one: JSON, then advice on its own issue tracker."""
    told = 'INTERNAL Error: {"exception_type":"INTERNAL","exception_message":"lost a dictionary","stack_trace":"\\n/x"}'
    error = _translated(duckdb.InternalException(told + "\nThis error signals an assertion failure"), "select 1")
    assert isinstance(error, EngineFault)
    assert error.message == "lost a dictionary"
    assert "run it again" in error.hint
