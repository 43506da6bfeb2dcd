"""Who listens to a verb: a person or a program, and whoever the environment of a CI run asks for.

Events as JSON, of which docs/events.md promises every field; annotations and a summary for GitHub; a JUnit report.
Reports are written even where a build fails or is interrupted, with what is known by then.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from runner import console
from runner.building import Note, Planned
from runner.errors import CoterieError, ExitCode, Place, WorldError
from runner.execute import Result, Started
from runner.lint import Finding
from runner.performance import COLUMNS, Performance
from runner.publish import Published
from runner.showing import Shown
from runner.unit_tests import Outcome
from runner.voice import STATUSES, Event, Finished, Judged, Ran, Verdict, Voice, escaped, markdown, summary, verdict

STEP_FIELDS = "name kind status reason rows failures message hint".split()
MOST_TROUBLES, MOST_STEPS = 50, 10
MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
PROPERTY = MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})
"""What GitHub wants escaped in a workflow command."""
COMMANDS = {"failed": "error", "warned": "warning"}
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COUNTED = {"tests": "", "failures": "/failure", "errors": "/error", "skipped": "/skipped"}


def voice_of(verb: str, log_format: str, junit_file: Path | None, env: Mapping[str, str]) -> Voice:
    is_json = log_format == "json"
    voice = Voice(JsonLines().hear if is_json else console.Text().hear)
    if env.get("GITHUB_ACTIONS") == "true" and not is_json:  # a workflow command is no JSON
        voice.listeners.append(partial(annotate, Path(env.get("GITHUB_WORKSPACE") or ".").resolve()))
    if env.get("GITHUB_STEP_SUMMARY"):
        voice.listeners.append(report(Path(env["GITHUB_STEP_SUMMARY"]), "a", partial(step_summary, verb)))
    if junit_file is not None:
        voice.listeners.append(report(junit_file, "w", partial(junit, Path.cwd())))
    return voice


class JsonLines:
    """Writes each event with its moment, and with the run's id once that is known."""

    def __init__(self) -> None:
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
                steps = [dict(zip(COLUMNS, row)) for row in event.steps]
                self._tell("performance", critical_path=[each.step.name for each in event.path], steps=steps)
            case Finished():
                self._tell("finished", counts=self._counts, seconds=round(event.seconds, 4), exit_code=event.exit_code)

    def _tell(self, event: str, /, **fields: object) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        console.talk(json.dumps({"event": event, "at": now, "run_id": self._run_id, **fields}, default=str))


def _place(place: Place | None) -> dict[str, object]:
    return {name: getattr(place, name, None) for name in ("path", "line", "column")}


def annotate(root: Path, event: Event) -> None:
    """A workflow command for whatever failed or warned. Paths are those of the repository, below `root`."""
    if not isinstance(event, Judged) or (told := verdict(event)).status not in COMMANDS:
        return
    file, place = told.path_from(root), told.place
    words = {"file": file, "line": str(place.line), "col": str(place.column)} if file else {}
    properties = ",".join(f"{name}={word.translate(PROPERTY)}" for name, word in {**words, "title": told.title}.items())
    console.talk(f"::{COMMANDS[told.status]} {properties}::{told.text.translate(MESSAGE)}")


def report(path: Path, mode: str, written: Callable[[Sequence[Event], Finished], str]) -> Callable[[Event], None]:
    """Writes a file when all is over, from all that was heard."""
    file, heard = path.absolute(), []

    def hear(event: Event) -> None:
        heard.append(event)
        if not isinstance(event, Finished) or not (text := written(heard, event)):
            return
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open(mode, encoding="utf-8") as opened:
                opened.write(text)
        except OSError as e:
            hint = "choose another file, or free disk space"
            raise WorldError(f"cannot write {file}: {e.strerror}", hint=hint) from e

    return hear


def step_summary(verb: str, heard: Sequence[Event], finished: Finished) -> str:
    """What GitHub shows of a step; nothing where there is nothing to tell."""
    results = [each for each in heard if isinstance(each, Result)]
    failed = [each for each in _verdicts(heard) if each.status in COMMANDS]
    troubles = [(COMMANDS[each.status], each.title, str(each.place), each.message) for each in failed]
    if not results and not troubles:
        return ""
    outcome = {ExitCode.OK: "fine", ExitCode.INTERRUPTED: "interrupted"}.get(finished.exit_code, "failed")
    lines = [f"### coterie {verb}: {outcome}", ""]
    lines += [summary(results, finished.seconds), ""] if results else []
    if troubles:
        lines += [*markdown(("", "what", "where", "why"), troubles[:MOST_TROUBLES]), ""]
    if troubles[MOST_TROUBLES:]:
        lines += [f"and {len(troubles) - MOST_TROUBLES} more", ""]
    for event in heard:
        if isinstance(event, Ran) and (measured := event.performance).steps:
            lines += [*markdown(COLUMNS, measured.steps[:MOST_STEPS]), "", escaped(str(measured)), ""]
        elif isinstance(event, Shown):
            lines += [*markdown(event.columns, event.rows), ""]
    return "\n".join([*lines, ""])


def _verdicts(heard: Iterable[Event]) -> list[Verdict]:
    return [verdict(each) for each in heard if isinstance(each, (Result, Outcome, CoterieError))]


def junit(root: Path, heard: Sequence[Event], finished: Finished) -> str:
    """A test case per step, unit test and mistake; paths are as seen from `root`."""
    verdicts = _verdicts(heard)
    reached = {each.name for each in verdicts}
    planned = [step for each in heard if isinstance(each, Planned) for step in each.plan.steps]
    never = [Result(step, "skipped", because="an early end") for step in planned if step.name not in reached]
    verdicts += map(verdict, never)
    top = Element("testsuites", name="coterie")
    for kind in sorted({each.kind for each in verdicts}):
        suite = SubElement(top, "testsuite", name=f"{kind.replace('_', ' ')}s")
        told = [each for each in verdicts if each.kind == kind]
        for each in told:
            _add_case(suite, each, each.path_from(root))
        _count(suite, "testcase", sum(each.seconds for each in told))
    _count(top, "testsuite/testcase", finished.seconds)
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
