"""The house rules of runner/: floors, doors, sizes. The floors stand in docs/architecture.md."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNNER = sorted((ROOT / "runner").glob("*.py"))
ROW = re.compile(r"^\| (\d+) \| `(\w+)\.py` \|", re.MULTILINE)
DOORS = {
    "duckdb": {"warehouse"},
    "sqlglot": {"sql"},
    "jinja2": {"templates"},
    "yaml": {"config"},
    "click": {"cli", "console"},
    "rich": {"console"},
}
MOST_CODE_LINES = 7_350
MOST_MODULE_LINES = 350
MOST_FUNCTION_LINES = 40


def floors() -> dict[str, int]:
    text = (ROOT / "docs" / "architecture.md").read_text()
    return {name: int(floor) for floor, name in ROW.findall(text)}


def imported(path: Path) -> set[str]:
    """Dotted names of every import in a module, lazy ones too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            if node.module == "runner":
                names |= {f"runner.{alias.name}" for alias in node.names}
    return names


def test_every_module_has_a_floor_and_every_floor_a_module():
    assert set(floors()) == {path.stem for path in RUNNER} - {"__init__"}


@pytest.mark.parametrize("path", RUNNER, ids=lambda path: path.stem)
def test_a_module_imports_only_from_floors_below(path):
    known = floors()
    below = {name.removeprefix("runner.") for name in imported(path) if name.startswith("runner.")} & set(known)
    wrong = {name for name in below if known[name] >= known[path.stem]}
    assert not wrong, f"{path.stem} (floor {known[path.stem]}) imports {wrong}"


@pytest.mark.parametrize("library", sorted(DOORS))
def test_one_library_has_one_door(library):
    users = {path.stem for path in RUNNER if any(name.partition(".")[0] == library for name in imported(path))}
    assert users <= DOORS[library]


def code_lines(path: Path) -> int:
    """Lines with code on them: no blanks, comments, docstrings."""
    text = path.read_text()
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_text and isinstance(node.value.value, str):
            docstrings |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    layout = {
        tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
        tokenize.ENDMARKER,
    }  # fmt: skip
    used: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in layout:
            used |= set(range(token.start[0], token.end[0] + 1))
    return len(used - docstrings)


def test_the_runner_stays_small():
    assert sum(code_lines(path) for path in RUNNER) <= MOST_CODE_LINES


@pytest.mark.parametrize("path", RUNNER, ids=lambda path: path.stem)
def test_a_module_stays_one_room(path):
    assert len(path.read_text().splitlines()) <= MOST_MODULE_LINES


@pytest.mark.parametrize("path", RUNNER, ids=lambda path: path.stem)
def test_a_function_fits_a_screen(path):
    long = [
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
    ]
    assert not long


@pytest.mark.parametrize("path", RUNNER, ids=lambda path: path.stem)
def test_only_the_console_speaks_and_only_the_command_line_exits(path):
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}
    assert "print" not in calls
    if path.stem != "cli":
        assert "sys.exit" not in calls
