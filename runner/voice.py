"""What a verb says, and who listens: people, machines and CI each have a listener of their own.

Whatever may identify somebody is masked here, once, before anybody hears it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace

from runner.building import Events, Note, Planned
from runner.errors import E_MAIL, CoterieError, ExitCode, Problems, masked, worst
from runner.execute import Result, Started
from runner.guard import Held
from runner.performance import EarlierStep, Performance, performance
from runner.publishing import Published
from runner.showing import Shown
from runner.unit_tests import Outcome
from runner.verdict import Judged


@dataclass(frozen=True)
class Ran:
    """All steps of a run came to their end."""

    results: tuple[Result, ...]
    seconds: float
    earlier: Mapping[str, EarlierStep]
    held: tuple[Held, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """Of all that happened: steps that failed, an audience that was held back."""
        held = (each.error.exit_code for each in self.held if each.severity == "error")
        return worst([*(each.exit_code for each in self.results), *held])

    @property
    def performance(self) -> Performance:
        return performance(self.results, self.earlier)


@dataclass(frozen=True)
class Finished:
    """The verb is over, well or not. The last event, and always there."""

    exit_code: ExitCode
    seconds: float


Event = Judged | Note | Planned | Started | Ran | Published | Performance | Shown | Finished
Listener = Callable[[Event], None]


class Voice:
    """Tells each listener what happens, in the order in which it happens."""

    def __init__(self, *listeners: Listener) -> None:
        self.listeners = list(listeners)
        self.began = time.perf_counter()

    def say(self, event: Event) -> None:
        if isinstance(event, Problems):
            for each in event.errors:
                self.say(each)
            return
        error = event.error if isinstance(event, (Result, Outcome)) else event
        if isinstance(error, CoterieError):
            _hide_addresses(error)
        for listener in self.listeners:
            listener(event)

    def note(self, text: str, level: str = "warning") -> None:
        self.say(Note(text, level))

    def follow(self, events: Events, mask: Callable[[Result], Result]) -> Ran:
        """Tell of a run while it happens; what became of publishing is told when all is over."""
        started = time.perf_counter()
        results: list[Result] = []
        earlier: Mapping[str, EarlierStep] = {}
        published: Published | None = None
        with closing(events):
            for event in events:
                if isinstance(event, Published):
                    published = event
                elif isinstance(event, Result):
                    results.append(mask(event))
                    self.say(results[-1])
                else:
                    earlier = event.earlier if isinstance(event, Planned) else earlier
                    self.say(event)
        if published is not None and published.sizes:
            results = [replace(each, bytes=published.sizes.get(each.step.name)) for each in results]
        held = published.held if published is not None else ()
        ran = Ran(tuple(results), time.perf_counter() - started, earlier, held)
        self.say(ran)
        if published is not None:
            self.say(published)
        for each in held:
            self.say(each.error if each.severity == "error" else Note(f"{each.error.place}: {each.error.message}"))
        return ran

    def judge(self, outcomes: Iterable[Outcome]) -> ExitCode:
        """Tell of unit tests while they run."""
        codes = []
        for outcome in outcomes:
            self.say(outcome)
            failed = outcome.error.exit_code if outcome.error else ExitCode.DATA
            codes.append(ExitCode.OK if outcome.is_passed else failed)
        passed = codes.count(ExitCode.OK)
        level = "success" if passed == len(codes) else "error"
        self.note(f"{passed} unit tests passed, {len(codes) - passed} failed", level)
        return worst(codes)


def _hide_addresses(error: CoterieError) -> None:
    """In the message, and in its place: a line of a CSV file may hold one too."""
    error.message, error.hint = masked(error.message), masked(error.hint)
    if error.place is not None:
        excerpt = E_MAIL.sub(lambda found: "•" * len(found[0]), error.place.excerpt)  # so the caret stays right
        error.place = replace(error.place, excerpt=excerpt)
