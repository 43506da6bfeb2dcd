"""What is held against the truth: ranks with ties, shares of error, and what fails. Expected values are by hand."""

from __future__ import annotations

import pytest

from benchmarks.truth.measures import Baseline, Measure, Score, auc, is_all_met, mean_error, median_error, print_table

BASELINE = (Baseline("naive", 0.5),)


@pytest.mark.parametrize(
    ("gone", "stay", "expected"),
    [
        ([3, 4], [1, 2], 1.0),
        ([1, 2], [3, 4], 0.0),
        ([7, 7], [7, 7, 7], 0.5),
        # 3 wins three times; 2 wins once and is equal twice: 5 of 6
        ([3, 2], [1, 2, 2], 5 / 6),
        # yes or no: 2 of 3 who are gone and 1 of 4 who stay are flagged, (1 + 2/3 - 1/4) / 2
        ([1, 1, 0], [1, 0, 0, 0], 17 / 24),
    ],
)
def test_the_auc_counts_equal_scores_as_half_a_win(gone: list[int], stay: list[int], expected: float) -> None:
    scored = [(score, True) for score in gone] + [(score, False) for score in stay]
    assert auc(scored) == pytest.approx(expected)
    assert auc(reversed(scored)) == pytest.approx(expected)


def test_errors_are_shares_of_what_is_true() -> None:
    pairs = [(33.0, 30.0), (20.0, 40.0), (50.0, 40.0)]
    # 0.1, 0.5 and 0.25
    assert median_error(pairs) == pytest.approx(0.25)
    assert mean_error(pairs) == pytest.approx(0.85 / 3)


def test_f1_is_between_precision_and_recall() -> None:
    score = Score(named=10, true=40, hits=8)
    assert (score.precision, score.recall, score.f1) == (0.8, 0.2, pytest.approx(0.32))
    assert (Score(0, 0, 0).precision, Score(0, 0, 0).recall, Score(0, 0, 0).f1) == (0, 0, 0)


@pytest.mark.parametrize(
    ("measure", "is_met"),
    [
        (Measure("", "as good is not better", 0.5, BASELINE), False),
        (Measure("", "better", 0.51, BASELINE), True),
        (Measure("", "a larger error", 0.51, BASELINE, is_error=True), False),
        (Measure("", "a smaller error", 0.49, BASELINE, is_error=True), True),
        (Measure("", "on the target", 0.95, least=0.95), True),
        (Measure("", "below the target", 0.949, least=0.95), False),
        (Measure("", "above the target, below the baseline", 0.4, BASELINE, least=0.3), False),
        (Measure("", "told only", 0.4, (Baseline("naive", 0.5, must_be_beaten=False),)), True),
    ],
)
def test_a_measure_fails_on_its_target_and_on_each_baseline_that_must_be_beaten(measure: Measure, is_met: bool) -> None:
    assert is_all_met([measure]) is is_met


def test_the_table_says_where_a_baseline_is_as_good(capsys: pytest.CaptureFixture[str]) -> None:
    told = Baseline("told all", 0.6, must_be_beaten=False)
    print_table([Measure("churn", "AUC", 0.55, (*BASELINE, told))])
    _, required, only_told = capsys.readouterr().out.splitlines()
    assert required.split() == ["churn", "AUC", "0.550", "naive", "0.500", "ours", "is", "better", "yes"]
    assert only_told.split() == ["told", "all", "0.600", "(ours", "is", "not", "better)"]
