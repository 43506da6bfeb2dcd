"""Who listens to a verb: a person or a program, and whoever the environment of a CI run asks for.

Events as JSON, of which docs/events.md promises every field; annotations and a summary for GitHub; a JUnit report.
Reports are written even where a build fails or is interrupted, with what is known by then.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from runner import console
from runner.building import Note, Planned
from runner.errors import CoterieError, ExitCode, Place
from runner.execute import Result, Started
from runner.lint import Finding
from runner.performance import COLUMNS, Performance
from runner.plan import Step
from runner.publishing import Published
from runner.showing import Shown
from runner.tables import escaped, markdown
from runner.unit_tests import Outcome
from runner.verdict import STATUSES, Verdict, summary, verdict
from runner.voice import Event, Finished, Listener, Ran, writing

STEP_FIELDS = "name kind status reason rows failures message hint".split()
MOST_TROUBLES, MOST_STEPS = 50, 10
COMMANDS = {"failed": "error", "warned": "warning"}
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COUNTED = {"tests": "", "failures": "/failure", "errors": "/error", "skipped": "/skipped"}


def listeners(verb: str, log_format: str, junit: Path | None, env: Mapping[str, str]) -> Iterator[Listener]:
    is_json = log_format == "json"
    yield JsonLines(console.talk) if is_json else console.Text()
    if env.get("GITHUB_ACTIONS") == "true" and not is_json:  # a workflow command is no JSON
        yield Annotations(console.talk, Path(env.get("GITHUB_WORKSPACE") or ".").resolve())
    if env.get("GITHUB_STEP_SUMMARY"):
        yield StepSummary(Path(env["GITHUB_STEP_SUMMARY"]).absolute(), verb)
    if junit is not None:
        yield JUnit(junit)


class JsonLines:
    """Writes each event with its moment, and with the run's id once that is known."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._run_id: str | None = None
        self._counts = dict.fromkeys(STATUSES, 0)

    def hear(self, event: Event) -> None:
        match event:
            case Planned():
                self._run_id = event.run_id or None
                kinds = Counter(sorted(step.kind for step in event.plan.steps))
                reasons = Counter(sorted(step.reason.partition(":")[0] for step in event.plan.steps))
                self._tell("planned", steps=len(event.plan.steps), kinds=kinds, reasons=reasons)
            case Started():
                node = event.step.compiled.node
                self._tell("step_started", name=node.name, kind=node.kind, path=node.path)
            case Result() | Outcome():
                told = verdict(event)
                self._counts[told.status] += 1
                fields = {name: getattr(told, name) for name in STEP_FIELDS}
                self._tell("step_finished", **fields, seconds=round(told.seconds, 4), **_place(told.place))
            case Note():
                self._tell("note", message=event.text, level=event.level)
            case Finding():
                self._tell("note", message=f"{event.place}: {event.message} [{event.rule}]", level="warning")
            case CoterieError():
                place = _place(event.place)
                self._tell("error", message=event.message, **place, hint=event.hint, exit_code=event.exit_code)
            case Published():
                seconds = round(event.seconds, 4)
                self._tell("published", path=event.path, seconds=seconds, because=event.because, stale=event.stale)
            case Performance():
                steps = [dict(zip(COLUMNS, each.row)) for each in event.steps]
                self._tell("performance", critical_path=[each.step.name for each in event.path], steps=steps)
            case Finished():
                seconds = round(event.seconds, 4)
                self._tell("finished", counts=self._counts, seconds=seconds, exit_code=event.exit_code)

    def _tell(self, event: str, /, **fields: object) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._write(json.dumps({"event": event, "at": now, "run_id": self._run_id, **fields}, default=str))


def _place(place: Place | None) -> dict[str, object]:
    return {name: getattr(place, name, None) for name in ("path", "line", "column")}


class Annotations:
    """Writes a workflow command for whatever failed or warned. Paths are those of the repository."""

    def __init__(self, write: Callable[[str], None], root: Path) -> None:
        self._write, self._root = write, root

    def hear(self, event: Event) -> None:
        if not isinstance(event, (Result, Outcome, CoterieError, Finding)):
            return
        told = verdict(event)
        if told.status not in COMMANDS:
            return
        file, place = told.path_from(self._root), told.place
        words = {"file": file, "line": str(place.line), "col": str(place.column)} if file else {}
        properties = ",".join(f"{name}={_property(word)}" for name, word in {**words, "title": told.title}.items())
        self._write(f"::{COMMANDS[told.status]} {properties}::{_message(told.text)}")


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


class StepSummary:
    """Appends to GitHub's summary file, if there is anything to tell."""

    def __init__(self, path: Path, verb: str) -> None:
        self._path, self._verb = path, verb
        self._results: list[Result] = []
        self._troubles: list[Verdict] = []
        self._performance = Performance((), ())
        self._shown: list[str] = []

    def hear(self, event: Event) -> None:
        if isinstance(event, Result):
            self._results.append(event)
        match event:
            case Result() | Outcome() | CoterieError():
                told = verdict(event)
                self._troubles += [told] if told.status in COMMANDS else []
            case Ran():
                self._performance = event.performance
            case Shown():
                self._shown = [*markdown(event.columns, event.rows), ""]
            case Finished() if self._results or self._troubles:
                with writing(self._path, "a") as file:
                    file.write("\n".join([*self._told(event), ""]))

    def _told(self, event: Finished) -> list[str]:
        outcome = {ExitCode.OK: "fine", ExitCode.INTERRUPTED: "interrupted"}.get(event.exit_code, "failed")
        lines = [f"### coterie {self._verb}: {outcome}", ""]
        lines += [summary(self._results, event.seconds), ""] if self._results else []
        troubles = [(COMMANDS[each.status], each.title, str(each.place), each.message) for each in self._troubles]
        if troubles:
            lines += [*markdown(("", "what", "where", "why"), troubles[:MOST_TROUBLES]), ""]
        if troubles[MOST_TROUBLES:]:
            lines += [f"and {len(troubles) - MOST_TROUBLES} more", ""]
        if self._performance.steps:
            rows = [each.row for each in self._performance.steps[:MOST_STEPS]]
            lines += [*markdown(COLUMNS, rows), "", escaped(str(self._performance)), ""]
        return lines + self._shown


class JUnit:
    """Writes the file at the end. Paths are as seen from where the command was called."""

    def __init__(self, path: Path) -> None:
        self._path, self._root = path, Path.cwd()
        self._waiting: dict[str, Step] = {}
        self._verdicts: list[Verdict] = []

    def hear(self, event: Event) -> None:
        match event:
            case Planned():
                self._waiting = {step.name: step for step in event.plan.steps}
            case Result() | Outcome() | CoterieError():
                self._verdicts.append(verdict(event))
                self._waiting.pop(self._verdicts[-1].name, None)
            case Finished():
                never = (Result(step, "skipped", because="an early end") for step in self._waiting.values())
                self._verdicts += map(verdict, never)
                with writing(self._path, "w") as file:
                    file.write(self._document(event.seconds))

    def _document(self, seconds: float) -> str:
        top = Element("testsuites", name="coterie")
        for kind in sorted({each.kind for each in self._verdicts}):
            suite = SubElement(top, "testsuite", name=f"{kind.replace('_', ' ')}s")
            told = [each for each in self._verdicts if each.kind == kind]
            for each in told:
                _add_case(suite, each, each.path_from(self._root))
            _count(suite, "testcase", sum(each.seconds for each in told))
        _count(top, "testsuite/testcase", seconds)
        del top.attrib["skipped"]  # the strictest schema, that of Jenkins, does not know it there
        indent(top)
        return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(top, encoding="unicode") + "\n"


def _count(element: Element, cases: str, seconds: float) -> None:
    for name, below in COUNTED.items():
        element.set(name, str(len(element.findall(cases + below))))
    element.set("time", f"{seconds:.3f}")


def _add_case(suite: Element, told: Verdict, file: str) -> None:
    words = {"name": told.name or "coterie", "time": f"{told.seconds:.3f}", "classname": "coterie"}
    if file:
        classname = Path(told.place.path).with_suffix("").as_posix()
        words |= {"classname": classname, "file": file, "line": str(told.place.line)}
    case = SubElement(suite, "testcase", words)
    message, text = NO_XML.sub("\ufffd", told.message), NO_XML.sub("\ufffd", f"{told.place}: {told.text}")
    match told.status:
        case "failed":
            SubElement(case, "error" if told.is_error else "failure", message=message, type=told.kind).text = text
        case "skipped":
            SubElement(case, "skipped", message=message)
        case "warned":  # JUnit knows no warning: it passed, and says what it saw
            SubElement(case, "system-out").text = f"warning: {text}"
