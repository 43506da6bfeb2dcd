"""The report that CI systems read: JUnit XML, a test case per step and per unit test.

Written even where a build fails or is interrupted, with what is known by then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from runner.building import Planned
from runner.errors import CoterieError
from runner.execute import Result
from runner.plan import Step
from runner.unit_tests import Outcome
from runner.verdict import Verdict, verdict
from runner.voice import Event, Finished, writing

NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COUNTED = {"tests": "", "failures": "/failure", "errors": "/error", "skipped": "/skipped"}


class Report:
    """A listener that writes the file at the end. Paths are as seen from where the command was called."""

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
                document = self._document([*self._verdicts, *map(verdict, never)], event.seconds)
                with writing(self._path, "w") as file:
                    file.write(document)

    def _document(self, verdicts: Sequence[Verdict], seconds: float) -> str:
        top = Element("testsuites", name="coterie")
        for kind, cases in groupby(sorted(verdicts, key=lambda each: each.kind), key=lambda each: each.kind):
            suite, told = SubElement(top, "testsuite", name=f"{kind.replace('_', ' ')}s"), list(cases)
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
    words = {"name": told.name or "coterie", "time": f"{told.seconds:.3f}"}
    words["classname"] = Path(told.place.path).with_suffix("").as_posix() if file else "coterie"
    case = SubElement(suite, "testcase", words | ({"file": file, "line": str(told.place.line)} if file else {}))
    message, text = NO_XML.sub("\ufffd", told.message), NO_XML.sub("\ufffd", f"{told.place}: {told.text}")
    match told.status:
        case "failed":
            SubElement(case, "error" if told.is_error else "failure", message=message, type=told.kind).text = text
        case "skipped":
            SubElement(case, "skipped", message=message)
        case "warned":  # JUnit knows no warning: it passed, and says what it saw
            SubElement(case, "system-out").text = f"warning: {text}"
