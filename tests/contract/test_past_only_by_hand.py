"""What the past-only rule says of failures and differences, and the noise that it puts in, by hand."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.contract.past_only import (
    NOISE_DEVIATION,
    PAST_ONLY_RULE,
    SHORT_HISTORY_RULE,
    _digits,
    _short_history,
    _with_noise,
)
from backtester.contract.rules import BrokenRule
from backtester.errors import PluginError
from backtester.histories.market import Market

DAYS = pd.bdate_range("2024-01-01", periods=400)
MARKET = cast(Market, SimpleNamespace(sessions=DAYS))


@pytest.mark.parametrize(
    ("one", "other", "digits"),
    [
        (0.5, 0.6, ("0.5", "0.6")),
        (0.12344, 0.12356, ("0.1234", "0.1236")),
        (0.123441, 0.123442, ("0.123441", "0.123442")),
        (1 / 3, 1 / 3 + 1e-9, ("0.333333333333", "0.333333334333")),
    ],
)
def test_numbers_have_the_digits_in_which_they_differ(one: float, other: float, digits: tuple[str, str]) -> None:
    """Four where these tell them apart, else twelve."""
    assert _digits(one, other) == digits


@pytest.mark.parametrize(
    ("cuts", "failed", "rule", "cut"),
    [
        ([2, 3, 10, 20], [2, 3], SHORT_HISTORY_RULE, 3),  # it needs more than three sessions
        ([2, 3, 10, 20], [2, 10], PAST_ONLY_RULE, 10),  # it answered on three
        ([2, 3, 10, 20, 30], [2, 20, 30], PAST_ONLY_RULE, 20),  # the first of those
        ([2, 3, 4, 5, 6, 7, 8, 9], [2, 3, 4, 5, 6, 7], SHORT_HISTORY_RULE, 7),  # a quarter is answered
        ([2, 3, 4, 5, 6, 7, 8, 9, 10], [2, 3, 4, 5, 6, 7, 8], PAST_ONLY_RULE, 8),  # less than a quarter
        ([2, 3], [2, 3], PAST_ONLY_RULE, 3),
    ],
)
def test_which_failures_are_a_look_ahead(cuts: list[int], failed: list[int], rule: str, cut: int) -> None:
    """Those on a history longer than one that is answered, and those on nearly all; others are a warning."""
    found = _short_history(MARKET, cuts, {one: PluginError(f"broke at {one}") for one in failed})
    end = DAYS[cut - 1]
    where = (
        f"the first {cut} sessions, up to {end.date()}"
        if rule == SHORT_HISTORY_RULE
        else f"the history up to {end.date()}"
    )
    assert found == BrokenRule(rule, f"fails on {where}: broke at {cut}", end, warning=rule == SHORT_HISTORY_RULE)
    assert _short_history(MARKET, cuts, {}) is None


def test_noise_is_in_what_came_after_the_cut() -> None:
    """Levels go on from their own by factors, returns by themselves, both with a deviation of a half; the calendar and
    numbers are known in advance."""
    ones = pd.DataFrame({"stocks": 1.0, "bonds": 1.0}, DAYS)
    calendar = pd.DataFrame({"month": False}, DAYS)
    given = {"stocks": ones["stocks"], "base": ones, "returns": ones, "calendar": calendar, "sessions_a_year": 252.0}
    found = _with_noise(given, 100)
    assert found["sessions_a_year"] == 252.0
    pd.testing.assert_frame_equal(found["calendar"], calendar)
    for name in ("stocks", "base", "returns"):
        values = np.asarray(found[name])
        assert (values[:100] == 1.0).all()
        assert (values[100:] != 1.0).all()
        after = values[100:] if name == "returns" else np.log(values[100:])
        assert (after.mean(), after.std()) == (pytest.approx(0, abs=0.1), pytest.approx(NOISE_DEVIATION, abs=0.05))
    assert NOISE_DEVIATION == 0.5
    assert (ones == 1.0).all(axis=None), "what was given stays as it was"
