"""The docs say what is so: commands, options, links, files, and the worked example."""

import os
import re
import shlex
import shutil
from pathlib import Path

import click
import pytest
import yaml

from runner.binding import bind
from runner.cli import main
from runner.compile import compile_project
from runner.project import load_project
from runner.selection import select
from runner.unit_tests import run
from runner.warehouse import Warehouse
from tests.house.cli_page import page, verbs

ROOT = Path(__file__).parents[2]
CLI_PAGE = ROOT / "docs" / "cli.md"
EXAMPLE_PAGE = ROOT / "docs" / "add-a-segment.md"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "demo/README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(coterie [^`\n]+)`")
EDIT = re.compile(
    r"<!-- edit: (append to|create|before `[^`]+` in|after `[^`]+` in) (\S+) -->\n+```\w*\n(.*?\n)```", re.DOTALL
)
PROJECT = ("models", "snapshots", "macros", "seeds", "tests/data", "tests/generic")
TITLES = [path.name if path.parent != ROOT / "demo" else "demo" for path in PAGES]


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def commands(page_text: str) -> list[list[str]]:
    """Every `coterie …` line of a page, as words; what a pipe or a comment adds is cut off."""
    blocks = "\n".join(FENCE.findall(page_text)).replace("\\\n", " ")
    lines = [line.strip().removeprefix("$ ") for line in blocks.splitlines()]
    lines = [line for line in lines if line.startswith("coterie ")]
    lines += INLINE.findall(FENCE.sub("", page_text))
    found = []
    for line in lines:
        words = shlex.split(line, comments=True)[1:]
        ends = [at for at, word in enumerate(words) if word in ("|", ">", "2>&1", "&&")]
        found.append(words[: min(ends, default=len(words))])
    return [words for words in found if "…" not in words and words]


@pytest.fixture(scope="module")
def manifest():
    here = Path.cwd()
    os.chdir(ROOT)
    yield compile_project(load_project({}, {}))
    os.chdir(here)


def test_the_page_of_commands_is_what_help_says():
    assert text(CLI_PAGE) == page(), "run `make docs`"


@pytest.mark.parametrize("name", verbs())
def test_a_verb_has_a_line_an_example_and_a_section(name):
    command = verbs()[name]
    first, _, rest = (command.help or "").partition("\n")
    assert first.endswith(".")
    assert len(first) <= 80
    assert f"Example: coterie {name}" in rest
    assert f"## coterie {name}\n" in text(CLI_PAGE)


@pytest.mark.parametrize("path", PAGES, ids=TITLES)
def test_a_link_leads_somewhere(path):
    broken = []
    for link in LINK.findall(FENCE.sub("", text(path))):
        target, _, heading = link.partition("#")
        if target.startswith(("http:", "https:")):
            continue
        found = (path.parent / target).resolve() if target else path
        if not found.exists() or (heading and heading not in headings(found)):
            broken.append(link)
    assert not broken


def headings(path: Path) -> set[str]:
    """As web pages of repositories make anchors of them."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", text(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", PAGES, ids=TITLES)
def test_a_command_in_the_docs_can_be_typed(path):
    for words in commands(text(path)):
        if words[0].startswith("-"):
            continue
        assert words[0] in main.commands, f"coterie {' '.join(words)}"
        command = main.commands[words[0]]
        try:
            command.make_context(words[0], list(words[1:]), parent=click.Context(main))
        except click.exceptions.Exit:
            pass
        except click.MissingParameter:
            assert len(words) == 1, f"coterie {' '.join(words)}"


@pytest.mark.parametrize("path", [each for each in PAGES if each.parent != ROOT / "demo"], ids=lambda path: path.name)
def test_a_command_in_the_docs_names_what_is_there(path, manifest):
    if path == EXAMPLE_PAGE:
        return
    for words in commands(text(path)):
        if words[0] not in ("ls", "plan", "build", "test", "show") or len(words) == 1:
            continue
        context = main.commands[words[0]].make_context(words[0], list(words[1:]), parent=click.Context(main))
        names = [context.params["name"]] if words[0] == "show" else list(context.params["names"])
        unit_tests = manifest.project.unit_tests
        something = frozenset(manifest.project.models)
        marked = {"modified": something, "new": something}
        assert select(manifest, [each for each in names if each not in unit_tests], marked=marked)


def test_readme_names_the_two_commands_and_no_other_set_up():
    words = text(ROOT / "README.md")
    assert "make build" in words
    assert "make test" in words
    assert not re.search(r"pip install|venv/bin/activate|docker|poetry", words)


def test_ci_runs_what_readme_says():
    assert "make test" in text(ROOT / ".ci/run").splitlines()


def test_every_group_of_vars_is_in_the_docs():
    lines = text(ROOT / "project.yml").partition("\nvars:\n")[2].partition("\nmodels:")[0].splitlines()
    firsts = [line for before, line in zip(["", *lines], lines) if not before and line.startswith("  # ")]
    groups = [re.split(r"[.:]", line.strip("# "))[0] for line in firsts]
    assert len(groups) >= 5
    docs = "\n".join(text(path) for path in PAGES)
    assert not [group for group in groups if f"| {group} |" not in docs]


def test_all_that_is_refused_of_dbt_is_in_the_docs():
    refused = yaml.safe_load(text(ROOT / "runner/dbt_subset.yml"))
    words = text(ROOT / "docs/dbt.md")
    unsaid = [name for names in refused.values() for name in names if f"`{name}`" not in words]
    assert not unsaid


def test_no_page_names_a_folder_of_one_machine():
    pattern = re.compile(r"(?<![\w.])/(work|tmp|root|home/\w+|opt)/")
    assert not [path.name for path in PAGES if pattern.search(text(path))]


def test_the_worked_example_works_as_written(tmp_path, monkeypatch):
    for folder in PROJECT:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "project.yml", tmp_path)
    monkeypatch.chdir(tmp_path)
    edits = EDIT.findall(text(EXAMPLE_PAGE))
    assert len(edits) == 8
    for what, path, block in edits:
        edit(Path(path), what, block)
    manifest = compile_project(load_project({}, {}))
    with Warehouse(None) as warehouse:
        assert not bind(manifest, warehouse).errors
    outcomes = list(run(manifest, ["path:models/segments"], []))
    assert "full_price_fans_buy_95_percent_at_full_price_in_3_orders" in {each.test.name for each in outcomes}
    assert not [each for each in outcomes if not each.is_passed]


def edit(path: Path, what: str, block: str) -> None:
    there = path.read_text(encoding="utf-8") if path.exists() else ""
    if what == "create":
        assert not there
        path.write_text(block, encoding="utf-8")
    elif what == "append to":
        path.write_text(there + block, encoding="utf-8")
    else:
        where, _, anchor = what.removesuffix("` in").partition(" `")
        line = f"{anchor}\n"
        assert there.count(line) == 1, f"{path}: {anchor}"
        path.write_text(there.replace(line, block + line if where == "before" else line + block), encoding="utf-8")
