"""What GitHub shows beside the log: annotations at the lines that failed, and a summary in Markdown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runner.errors import CoterieError, ExitCode
from runner.execute import Result
from runner.lint import Finding
from runner.performance import COLUMNS, Performance, performance_of
from runner.showing import Shown
from runner.tables import escaped, markdown
from runner.unit_tests import Outcome
from runner.verdict import Verdict, summary, verdict
from runner.voice import Event, Finished, Ran, writing

MOST_TROUBLES, MOST_STEPS = 50, 10
COMMANDS = {"failed": "error", "warned": "warning"}


class Annotations:
    """A listener that writes a workflow command for whatever failed or warned. Paths are those of the repository."""

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
    """A listener that appends to GitHub's summary file, if there is anything to tell."""

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
                self._performance = performance_of(event.results, event.earlier)
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
