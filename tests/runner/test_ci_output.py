"""What CI reads: JUnit XML, GitHub's annotations and summary, and who may be named in them."""

from __future__ import annotations

import os
import re
import shlex
import signal
import time
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
import yaml
from conftest import Write
from fresh import Ended, Fresh
from processes import REPOSITORY, assert_no_traceback, ended, started

from runner.cli import main

# 8 steps of a build: orders, sizes and sources are made, `amounts` fails and takes `late` with it;
# of the three tests one passes, one warns by two rows (2 and 3 stand twice), one fails by one (2 people)
SHOP = {
    "project.yml": "name: shop\nmodels:\n  +materialized: table\nserve: {include: [main], summary: sizes}\n",
    "models/marts/orders.sql": """
select * from (
    values (1, 'a', '5'), (2, 'b', 'x y'), (2, 'b', '1'), (3, null, '2'), (3, null, '3')
) as t(order_id, customer_id, amount)
""",
    "models/marts/sizes.sql": "select order_id as segment, count(*) as people from {{ ref('orders') }} group by all\n",
    "models/marts/amounts.sql": "select\n    cast(amount as integer) as amount\nfrom {{ ref('sources') }}\n",
    "models/marts/sources.sql": "select amount from (values ('5'), ('x y')) as t(amount)\n",
    "models/marts/late.sql": "select * from {{ ref('amounts') }}\n",
    "models/marts/_marts.yml": """
models:
  - name: orders
    columns:
      - name: order_id
        data_tests:
          - not_null
          - unique: {config: {severity: warn}}
  - name: sizes
    columns:
      - name: people
        data_tests:
          - accepted_values: {name: one_order_each, arguments: {values: [1], quote: false}}
unit_tests:
  - name: sizes_count_orders
    model: sizes
    given:
      - input: ref('orders')
        rows: [{order_id: 1}, {order_id: 1}]
    expect:
      rows: [{segment: 1, people: 2}]
  - name: sizes_count_wrongly
    model: sizes
    given:
      - input: ref('orders')
        rows: [{order_id: 1}]
    expect:
      rows: [{segment: 1, people: 7}, {segment: 2, people: 8}]
""",
}
GITHUB = {"GITHUB_ACTIONS": "true"}


def env(**more: str) -> dict[str, str]:
    return {**os.environ, **more}


def report(path: Path) -> ElementTree.Element:
    return ElementTree.parse(path).getroot()


def counts(element: ElementTree.Element) -> tuple[int, ...]:
    """Tests, failures, errors, skipped. The last one stands with each suite only."""
    skipped = sum(int(each.attrib["skipped"]) for each in element.iter("testsuite"))
    return (*(int(element.attrib[name]) for name in ("tests", "failures", "errors")), skipped)


def case(top: ElementTree.Element, name: str) -> ElementTree.Element:
    (found,) = (each for each in top.iter("testcase") if each.attrib["name"] == name)
    return found


def child(element: ElementTree.Element, name: str) -> ElementTree.Element:
    found = element.find(name)
    assert found is not None, ElementTree.tostring(element)
    return found


# JUnit


@pytest.fixture
def built(coterie: Fresh, write: Write) -> tuple[Ended, ElementTree.Element]:
    folder = write(SHOP)
    outcome = coterie(folder, "build", "--junit", "reports/build.xml")
    return outcome, report(folder / "reports" / "build.xml")


def test_a_report_counts_what_happened(built: tuple[Ended, ElementTree.Element]) -> None:
    outcome, top = built
    assert outcome.exit_code == 1
    assert top.tag == "testsuites"
    assert counts(top) == (8, 1, 1, 1)
    suites = {each.attrib["name"]: counts(each) for each in top.iter("testsuite")}
    assert suites == {"models": (5, 0, 1, 1), "tests": (3, 1, 0, 0)}


def test_a_report_agrees_with_itself(built: tuple[Ended, ElementTree.Element]) -> None:
    top = built[1]
    for element, path in [(top, "testsuite/testcase"), *((each, "testcase") for each in top.iter("testsuite"))]:
        found = [len(element.findall(path + below)) for below in ("", "/failure", "/error", "/skipped")]
        assert tuple(found) == counts(element)
    for suite in top.iter("testsuite"):
        total = sum(float(each.attrib["time"]) for each in suite.iter("testcase"))
        assert float(suite.attrib["time"]) == pytest.approx(total, abs=0.01)
    assert float(top.attrib["time"]) > 0


KNOWN = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"name", "classname", "file", "line", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
    "system-out": set(),
}
"""What the xUnit plugin of Jenkins, whose schema is the strictest, knows and we use."""


def test_a_report_has_nothing_that_a_strict_reader_refuses(built: tuple[Ended, ElementTree.Element]) -> None:
    every = list(built[1].iter())
    assert {each.tag for each in every} == set(KNOWN)
    assert not [each.attrib for each in every if set(each.attrib) - KNOWN[each.tag]]
    assert not [case for case in built[1].iter("testcase") if len(case) > 1]


@pytest.mark.parametrize(
    ("name", "classname", "file", "line"),
    [
        ("orders", "models/marts/orders", "models/marts/orders.sql", "1"),
        ("amounts", "models/marts/amounts", "models/marts/amounts.sql", "2"),  # where the cast stands
        ("unique_orders_order_id", "models/marts/_marts", "models/marts/_marts.yml", "8"),
    ],
)
def test_a_case_says_where_it_is_written(
    built: tuple[Ended, ElementTree.Element], name: str, classname: str, file: str, line: str
) -> None:
    found = case(built[1], name).attrib
    assert (found["classname"], found["file"], found["line"]) == (classname, file, line)


def test_a_failed_test_shows_a_few_rows(built: tuple[Ended, ElementTree.Element]) -> None:
    failure = child(case(built[1], "one_order_each"), "failure")
    assert failure.attrib["message"] == "1 failing row"
    assert failure.text is not None
    assert failure.text.splitlines()[0] == "models/marts/_marts.yml:13:13: 1 failing row"
    assert "value=2, row_count=2" in failure.text


def test_a_failed_model_is_an_error_and_what_waits_for_it_is_skipped(built: tuple[Ended, ElementTree.Element]) -> None:
    assert "x y" in child(case(built[1], "amounts"), "error").attrib["message"]
    assert child(case(built[1], "late"), "skipped").attrib["message"] == "because of amounts"


def test_a_warning_passes_and_says_what_it_saw(built: tuple[Ended, ElementTree.Element]) -> None:
    warned = case(built[1], "unique_orders_order_id")
    assert [each.tag for each in warned] == ["system-out"]
    assert (warned[0].text or "").startswith("warning: models/marts/_marts.yml:8:13: 2 failing rows")


def test_data_tests_and_unit_tests_are_reported_by_test(coterie: Fresh, write: Write) -> None:
    folder = write({name: text for name, text in SHOP.items() if "late" not in name and "amounts" not in name})
    assert coterie(folder, "build").exit_code == 1
    assert coterie(folder, "test", "--junit", "data.xml").exit_code == 1
    assert counts(report(folder / "data.xml")) == (3, 1, 0, 0)
    assert coterie(folder, "test", "--unit", "--junit", "unit.xml").exit_code == 1
    top = report(folder / "unit.xml")
    assert counts(top) == (2, 1, 0, 0)
    failure = child(case(top, "sizes_count_wrongly"), "failure")
    assert failure.attrib["message"] == "2 rows missing, 1 not expected"
    assert (failure.text or "").splitlines()[2:5] == ["- 1 | 7", "- 2 | 8", "+ 1 | 1"]


def test_a_project_that_does_not_compile_is_one_error_per_mistake(coterie: Fresh, write: Write) -> None:
    folder = write({**SHOP, "models/marts/late.sql": "select {{ ref('nobody') }}", "models/a.sql": "{{ ref('b') }}"})
    outcome = coterie(folder, "build", "--junit", "report.xml")
    assert outcome.exit_code == 2
    top = report(folder / "report.xml")
    assert counts(top) == (2, 0, 2, 0)
    assert {each.attrib["file"] for each in top.iter("testcase")} == {"models/marts/late.sql", "models/a.sql"}


def test_a_report_is_written_where_it_was_called_and_names_files_from_there(coterie: Fresh, write: Write) -> None:
    folder = write({f"deep/shop/{name}": text for name, text in SHOP.items()})
    coterie(folder, "build", "--project-dir", "deep/shop", "--junit", "report.xml")
    found = case(report(folder / "report.xml"), "orders").attrib
    assert found["file"] == "deep/shop/models/marts/orders.sql"
    assert found["classname"] == "models/marts/orders"


def test_what_xml_cannot_hold_is_replaced(coterie: Fresh, write: Write) -> None:
    model = "select chr(1) || '<&\"' || chr(10) || ']]>' as word\n"
    yml = "models:\n- name: words\n  columns:\n  - name: word\n    data_tests: [{accepted_values: {values: [a]}}]\n"
    folder = write({"models/words.sql": model, "models/_m.yml": yml})
    assert coterie(folder, "build", "--junit", "report.xml").exit_code == 1
    failure = next(report(folder / "report.xml").iter("failure"))
    assert '\ufffd<&" ]]>' in (failure.text or "")


def test_a_report_that_cannot_be_written_is_an_error(coterie: Fresh, write: Write) -> None:
    folder = write({"models/one.sql": "select 1 as i\n", "reports": "a file, no folder"})
    outcome = coterie(folder, "build", "--junit", "reports/build.xml")
    assert outcome.exit_code == 3
    assert "cannot write" in outcome.stderr
    assert_no_traceback(outcome)


def test_an_interrupted_build_reports_what_was_done(write: Write) -> None:
    endless = "select count(*) as c from range(10000000) as a (i), range(10000000) as b (j) where i * j % 7 <> 3\n"
    folder = write(
        {
            "models/quick.sql": "{{ config(materialized='table') }}\nselect 1 as i\n",
            "models/slow.sql": "{{ config(materialized='table') }}\n-- {{ ref('quick') }}\n" + endless,
            "models/last.sql": "select * from {{ ref('slow') }}\n",
        }
    )
    arguments = ["--junit", str(folder / "report.xml"), "--log-format", "json"]
    process = started("build", *arguments, project=folder)
    assert process.stderr is not None
    for line in process.stderr:
        if '"step_started"' in line and '"slow"' in line:
            break
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    outcome = ended(process, within=60)
    assert outcome.exit_code == 130
    assert_no_traceback(outcome)
    top = report(folder / "report.xml")
    assert counts(top) == (3, 0, 0, 2)
    assert list(case(top, "quick")) == []


# who may be named

PEOPLE = {
    "models/people.sql": """{{ config(materialized='table') }}
select 'anna@example.org' as email, 1 as person_id
union all select 'anna@example.org', 2
""",
    "models/broken.sql": "select cast(email as integer) as number from {{ ref('people') }}\n",
    "models/broken_table.sql": "{{ config(materialized='table') }} select * from {{ ref('broken') }}\n",
    "models/_people.yml": """
models:
  - name: people
    columns:
      - name: email
        meta: {pii: direct}
        data_tests: [{unique: {config: {severity: warn}}}]
""",
    "tests/nobody_is_there.sql": "{{ config(severity='warn') }}select lower(email) as contact from {{ ref('people') }}",
}


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_report_names_anybody(coterie: Fresh, write: Write, log_format: str) -> None:
    folder = write(PEOPLE)
    arguments = ["--junit", "report.xml", "--performance", "--log-format", log_format]
    summary = folder / "summary.md"
    outcome = coterie(folder, "build", *arguments, env=env(**GITHUB, GITHUB_STEP_SUMMARY=str(summary)))
    assert outcome.exit_code == 1
    written = [outcome.stdout, outcome.stderr, (folder / "report.xml").read_text(), summary.read_text()]
    assert "•••" in written[2]
    assert not [text for text in written if "anna" in text]


def test_a_bad_line_of_a_file_is_shown_without_the_address_in_it(coterie: Fresh, write: Write) -> None:
    seeds = {"seeds/people.csv": "person_id,email\n1,a@b.org\nx,anna@example.org\n"}
    yml = "seeds:\n  - name: people\n    config: {column_types: {person_id: integer}}\n"
    outcome = coterie(write({**seeds, "seeds/_s.yml": yml}), "build")
    assert outcome.exit_code == 1
    assert "seeds/people.csv:3:1: error" in outcome.stderr
    assert "••••" in outcome.stderr
    assert "anna" not in outcome.stderr


# GitHub


def annotations(outcome: Ended) -> list[str]:
    return [line for line in outcome.stderr.splitlines() if line.startswith("::")]


def test_failures_and_warnings_are_annotated(coterie: Fresh, write: Write) -> None:
    outcome = coterie(write(SHOP), "build", env=env(**GITHUB))
    told = sorted(annotations(outcome))
    assert len(told) == 3
    assert told[0].startswith(
        "::error file=models/marts/_marts.yml,line=13,col=13,title=test one_order_each::1 failing row%0A"
    )
    assert told[1].startswith("::error file=models/marts/amounts.sql,line=2,col=")
    assert told[2].startswith(
        "::warning file=models/marts/_marts.yml,line=8,col=13,title=test unique_orders_order_id::"
    )


def test_paths_are_those_of_the_repository(coterie: Fresh, write: Write) -> None:
    folder = write({f"deep/shop/{name}": text for name, text in SHOP.items()})
    given = env(**GITHUB, GITHUB_WORKSPACE=str(folder))
    outcome = coterie(folder / "deep", "build", "--project-dir", "shop", env=given)
    assert {re.split("[=,]", line)[1] for line in annotations(outcome)} == {
        "deep/shop/models/marts/_marts.yml",
        "deep/shop/models/marts/amounts.sql",
    }


def test_mistakes_and_unit_tests_are_annotated_too(coterie: Fresh, write: Write) -> None:
    folder = write({**SHOP, "models/marts/late.sql": "select\n  {{ ref('nobody') }}"})
    (mistake,) = annotations(coterie(folder, "check", env=env(**GITHUB)))
    assert mistake.startswith("::error file=models/marts/late.sql,line=2,col=")
    (folder / "models/marts/late.sql").write_text("select 1 as i")
    (failed,) = annotations(coterie(folder, "test", "--unit", env=env(**GITHUB)))
    assert "title=unit test sizes_count_wrongly of sizes::2 rows missing" in failed


def test_a_mistake_on_the_command_line_has_no_file(coterie: Fresh, write: Write) -> None:
    (told,) = annotations(coterie(write(SHOP), "ls", "--vars", "[1]", env=env(**GITHUB)))
    assert told.startswith("::error title=problem")


def test_signs_that_mean_something_to_github_are_escaped(coterie: Fresh, write: Write) -> None:
    yml = "models:\n- name: a\n  columns:\n  - name: word\n    data_tests: [{not_null: {name: 'a,b:c%d'}}]\n"
    model = "select null as word, '50% ' || chr(13) || chr(10) || '::error::x' as more\n"
    folder = write({"models/a.sql": model, "models/odd,name:1/_m.yml": yml})
    (told,) = annotations(coterie(folder, "build", env=env(**GITHUB)))
    properties, _, message = told[2:].partition("::")
    assert "file=models/odd%2Cname%3A1/_m.yml," in properties
    assert "title=test a%2Cb%3Ac%25d" in properties
    assert message.startswith("1 failing row%0Aword=, more=50%25 %0D ::error::x%0A")


def test_no_cell_can_begin_a_line_of_the_log(coterie: Fresh, write: Write) -> None:
    """A line that begins with :: is a command to GitHub, whoever wrote it."""
    yml = "models:\n- name: a\n  columns:\n  - name: word\n    data_tests: [not_null]\n"
    folder = write({"models/a.sql": "select null as word, chr(10) || '::add-mask::x' as more", "models/_m.yml": yml})
    outcome = coterie(folder, "build", env=env(**GITHUB))
    assert [line[:8] for line in annotations(outcome)] == ["::error "]


@pytest.mark.parametrize("value", ["false", ""])
def test_nothing_is_annotated_elsewhere(coterie: Fresh, write: Write, value: str) -> None:
    assert not annotations(coterie(write(SHOP), "build", env=env(GITHUB_ACTIONS=value)))


def test_json_lines_stay_json_on_github(coterie: Fresh, write: Write) -> None:
    assert not annotations(coterie(write(SHOP), "build", "--log-format", "json", env=env(**GITHUB)))


# the summary


def summarised(coterie: Fresh, folder: Path, *arguments: str) -> str:
    path = folder / "summary.md"
    coterie(folder, *arguments, env=env(GITHUB_STEP_SUMMARY=str(path)))
    return path.read_text() if path.exists() else ""


def test_the_summary_tells_counts_failures_and_what_was_slow(coterie: Fresh, write: Write) -> None:
    text = summarised(coterie, write(SHOP), "build")
    lines = text.splitlines()
    assert lines[0] == "### coterie build: failed"
    assert re.fullmatch(r"5 tables and views, 3 tests in \d+\.\d s: 4 ok, 1 warned, 2 failed, 1 skipped", lines[2])
    assert r"| error | test one\_order\_each | models/marts/\_marts.yml:13:13 | 1 failing row |" in lines
    head = next(at for at, line in enumerate(lines) if line.startswith("| name | seconds | seconds_before | ratio |"))
    slow = {line.split(" | ")[0] for line in lines[head + 2 : lines.index("", head)]}
    assert slow == {"| orders", "| sizes", "| sources", "| amounts"}
    assert any(line.startswith("critical path: ") for line in lines)


def test_the_summary_of_a_good_build_ends_with_the_published_table(coterie: Fresh, write: Write) -> None:
    folder = write({name: text for name, text in SHOP.items() if "late" not in name and "amounts" not in name})
    (folder / "models/marts/_marts.yml").unlink()
    text = summarised(coterie, folder, "build")
    assert text.startswith("### coterie build: fine\n")
    assert text.endswith("\n| segment | people |\n| ---: | ---: |\n| 1 | 1 |\n| 2 | 2 |\n| 3 | 2 |\n\n")


def test_a_summary_is_appended_to(coterie: Fresh, write: Write) -> None:
    folder = write(SHOP)
    (folder / "summary.md").write_text("before\n")
    text = summarised(coterie, folder, "test", "--unit")
    assert text.startswith("before\n### coterie test: failed\n")
    assert r"| error | unit test sizes\_count\_wrongly of sizes |" in text


def test_a_verb_with_nothing_to_tell_appends_nothing(coterie: Fresh, write: Write) -> None:
    assert summarised(coterie, write(SHOP), "ls") == ""


def test_text_cannot_break_the_table(coterie: Fresh, write: Write) -> None:
    folder = write(
        {
            "models/a.sql": "select error('a | b <c> ' || chr(10) || 'd') as x",
            "models/b.sql": "{{ config(materialized='table') }}select * from {{ ref('a') }}",
        }
    )
    text = summarised(coterie, folder, "build")
    assert r"a \| b &lt;c> " in text


# the page


def test_the_workflow_in_the_docs_is_yaml_and_its_commands_can_be_typed() -> None:
    page = (REPOSITORY / "docs" / "ci.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```yaml\n(.+?)^```$", page, re.MULTILINE | re.DOTALL)
    jobs = yaml.safe_load(text)["jobs"]
    steps = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    commands = [shlex.split(run.partition(" >")[0])[1:] for run in steps if run.startswith("coterie ")]
    assert [words[0] for words in commands] == ["demo", "build", "check", "test", "plan"]
    for verb, *words in commands:
        main.commands[verb].make_context(verb, words, parent=click.Context(main))
