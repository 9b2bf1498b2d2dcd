"""The verdict: each answer, the conditions under which it is given, and their neighbours."""

import math

import pytest

from backtester.analysis.verdict import Evidence, Placebo, Verdict, verdict

CLEAR = Evidence(21, 15, 0.004, (0.001, 0.007), None, 0.07)


def said(**changes: object) -> Verdict:
    return verdict(CLEAR._replace(**changes), sound=True)


def mirrored(evidence: Evidence) -> Evidence:
    """The same with gains for losses."""
    assert evidence.widened is not None
    low, high = evidence.widened
    return evidence._replace(payoff=-evidence.payoff, widened=(-high, -low))


def test_clear_either_way_by_one_rule() -> None:
    """An interval above zero has paid, the same below zero has done worse."""
    assert verdict(CLEAR, sound=True) == "paid"
    assert verdict(mirrored(CLEAR), sound=True) == "worse"


@pytest.mark.parametrize(("low", "word"), [(1e-5, "paid"), (0.0, "unclear"), (-1e-5, "unclear")])
def test_an_interval_that_reaches_zero_is_not_clear(low: float, word: str) -> None:
    """A bound of zero does not lie above it."""
    assert said(widened=(low, 0.007)) == word


@pytest.mark.parametrize(("share", "clear"), [(0.01, True), (0.05, True), (0.0501, False), (0.3, False)])
def test_the_placebo_is_a_condition_both_ways(share: float, clear: bool) -> None:
    """At most one shift in twenty may be as good for what paid, and as bad for what did worse."""
    good, bad = Placebo(4878, share, 1 - share), Placebo(4878, 1 - share, share)
    assert said(placebo=good) == ("paid" if clear else "unclear")
    worse = verdict(mirrored(CLEAR)._replace(placebo=bad), sound=True)
    assert worse == ("worse" if clear else "small")
    assert verdict(mirrored(CLEAR)._replace(placebo=good), sound=True) == "small"


@pytest.mark.parametrize(
    ("windows", "acted", "word"), [(20, 10, "paid"), (19, 10, "few"), (20, 9, "few"), (1, 1, "few"), (0, 0, "void")]
)
def test_few_windows_are_not_judged(windows: int, acted: int, word: str) -> None:
    """Twenty windows, and ten in which the strategy acted, are the fewest."""
    assert said(windows=windows, acted=acted) == word


@pytest.mark.parametrize(("high", "word"), [(0.0034, "small"), (0.0036, "unclear")])
def test_small_at_best_saves_less_than_a_twentieth(high: float, word: str) -> None:
    """Of a mean loss of 7% a twentieth is 0.35 points."""
    assert said(payoff=0.0, widened=(-0.01, high)) == word


def test_without_an_interval_nothing_is_clear() -> None:
    """No resamples, no verdict either way."""
    assert said(widened=None) == "unclear"


def test_what_is_unsound_is_void() -> None:
    """A strategy that looked ahead or was ruined has no verdict, nor has one without a payoff."""
    assert verdict(CLEAR, sound=False) == "void"
    assert said(payoff=math.nan) == "void"
