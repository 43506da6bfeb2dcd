"""What is measured against the truth, the naive answers beside it, and the table of both. Reads no shop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import mean, median

MET, MISSED = "yes", "NO"


@dataclass(frozen=True)
class Baseline:
    """What somebody without our rules would answer."""

    name: str
    value: float
    must_be_beaten: bool = True


@dataclass(frozen=True)
class Measure:
    """One number of ours; `least` is a target of its own, an error is the better the smaller."""

    question: str
    name: str
    ours: float
    baselines: tuple[Baseline, ...] = ()
    least: float | None = None
    is_error: bool = False


@dataclass(frozen=True)
class Verdict:
    """Whether a measure holds against its target or one baseline; in brackets, it is told and fails nothing."""

    baseline: str = ""
    value: str = ""
    must_hold: str = ""
    met: str = ""


@dataclass(frozen=True)
class Score:
    """How many were named, how many there truly are, how many were named rightly."""

    named: int
    true: int
    hits: int

    @property
    def precision(self) -> float:
        return self.hits / self.named if self.named else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        """Their harmonic mean: naming everybody and naming only the plainest case are both poor."""
        return 2 * self.hits / (self.named + self.true) if self.named + self.true else 0.0


def auc(scored: Iterable[tuple[float, bool]]) -> float:
    """How likely one who is gone scores above one who stays, from the sum of ranks; equal scores are half a win."""
    gone = stay = 0
    rank_sum = 0.0
    for _, equals in groupby(sorted(scored), key=lambda pair: pair[0]):
        are_gone = [is_gone for _, is_gone in equals]
        mean_rank = gone + stay + (len(are_gone) + 1) / 2
        rank_sum += mean_rank * sum(are_gone)
        gone += sum(are_gone)
        stay += len(are_gone) - sum(are_gone)
    return (rank_sum - gone * (gone + 1) / 2) / (gone * stay)


def median_error(pairs: Sequence[tuple[float, float]]) -> float:
    """Of estimates and what is true, as a share of what is true."""
    return median(_errors(pairs))


def mean_error(pairs: Sequence[tuple[float, float]]) -> float:
    return mean(_errors(pairs))


def _errors(pairs: Sequence[tuple[float, float]]) -> list[float]:
    return [abs(estimate - true) / true for estimate, true in pairs]


def is_all_met(measures: Iterable[Measure]) -> bool:
    return not any(verdict.met == MISSED for measure in measures for verdict in verdicts(measure))


def verdicts(measure: Measure) -> list[Verdict]:
    targets = []
    if measure.least is not None:
        is_met = measure.ours >= measure.least
        targets.append(Verdict(must_hold=f"at least {measure.least:.2f}", met=MET if is_met else MISSED))
    return targets + [_comparison(measure, baseline) for baseline in measure.baselines]


def _comparison(measure: Measure, baseline: Baseline) -> Verdict:
    is_better = measure.ours < baseline.value if measure.is_error else measure.ours > baseline.value
    value = f"{baseline.value:.3f}"
    if baseline.must_be_beaten:
        return Verdict(baseline.name, value, "ours is better", MET if is_better else MISSED)
    return Verdict(baseline.name, value, met="(ours is better)" if is_better else "(ours is not better)")


def print_table(measures: Iterable[Measure]) -> None:
    _print_line(("question", "measure", "ours"), Verdict("naive baseline", "value", "must hold", "met"))
    for measure in measures:
        words = (measure.question, measure.name, f"{measure.ours:.3f}")
        for verdict in verdicts(measure) or [Verdict()]:
            _print_line(words, verdict)
            words = ("", "", "")


def _print_line(words: tuple[str, str, str], verdict: Verdict) -> None:
    question, measure, ours = words
    rival = f"{verdict.baseline:<41}{verdict.value:>6}"
    print(f"  {question:<15}{measure:<36}{ours:>6}  {rival}  {verdict.must_hold:<16}{verdict.met}".rstrip())
