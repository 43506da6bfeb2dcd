"""A run for machines: one event a line, as JSON. docs/events.md promises every field."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from runner.building import Note, Planned
from runner.errors import CoterieError, Place
from runner.execute import Result, Started
from runner.lint import Finding
from runner.performance import COLUMNS, Performance
from runner.publish import Published
from runner.unit_tests import Outcome
from runner.verdict import STATUSES, verdict
from runner.voice import Event, Finished

Fields = dict[str, object]


class JsonLines:
    """A listener that writes each event with its moment, and with the run's id once that is known."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._run_id: str | None = None
        self._counts = dict.fromkeys(STATUSES, 0)

    def hear(self, event: Event) -> None:
        if isinstance(event, Planned):
            self._run_id = event.run_id or None
        if isinstance(event, (Result, Outcome)):
            self._counts[verdict(event).status] += 1
        for kind, fields in self._told(event).items():
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            self._write(json.dumps({"event": kind, "at": now, "run_id": self._run_id, **fields}))

    def _told(self, event: Event) -> dict[str, Fields]:
        """The event's name and fields; nothing for what only sums up what was said before."""
        match event:
            case Planned():
                return {"planned": _planned(event)}
            case Started():
                node = event.step.compiled.node
                return {"step_started": {"name": node.name, "kind": node.kind, "path": node.path}}
            case Result() | Outcome():
                return {"step_finished": _step(event)}
            case Note():
                return {"note": {"message": event.text, "level": event.level}}
            case Finding():
                return {"note": {"message": f"{event.place}: {event.message} [{event.rule}]", "level": "warning"}}
            case CoterieError():
                code = int(event.exit_code)
                told = {"message": event.message, **_place(event.place), "hint": event.hint, "exit_code": code}
                return {"error": told}
            case Published():
                path, seconds = str(event.path) if event.path else None, round(event.seconds, 4)
                return {"published": {"path": path, "seconds": seconds, "because": event.because, "stale": event.stale}}
            case Performance():
                steps = [dict(zip(COLUMNS, each.row)) for each in event.steps]
                return {"performance": {"critical_path": [each.step.name for each in event.path], "steps": steps}}
            case Finished():
                seconds, code = round(event.seconds, 4), int(event.exit_code)
                return {"finished": {"counts": self._counts, "seconds": seconds, "exit_code": code}}
        return {}


def _planned(event: Planned) -> Fields:
    steps = event.plan.steps
    kinds = Counter(sorted(step.kind for step in steps))
    reasons = Counter(sorted(step.reason.partition(":")[0] for step in steps))
    return {"steps": len(steps), "kinds": kinds, "reasons": reasons}


def _step(event: Result | Outcome) -> Fields:
    told = verdict(event)
    words = "name kind status reason rows failures message hint".split()
    named = {name: getattr(told, name) for name in words}
    return {**named, "seconds": round(told.seconds, 4), **_place(told.place)}


def _place(place: Place | None) -> Fields:
    return {name: getattr(place, name, None) for name in ("path", "line", "column")}
