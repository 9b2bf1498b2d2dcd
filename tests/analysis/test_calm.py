"""Calm years, by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.aftermath import calm_years
from backtester.analysis.windows import Window

DATES = pd.DatetimeIndex(
    ["2019-06-28", "2019-12-31", "2020-06-30", "2020-12-31", "2021-06-30", "2021-12-31", "2022-03-31"]
)
ENDS = np.array([False, True, False, True, False, True, False])
REFERENCE = pd.Series([1.0, 1.0, 1.1, 1.2, 1.2, 1.5, 1.5], DATES)
OWN = pd.Series([1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 9.0], DATES)


def test_whole_years_without_a_sell_off() -> None:
    """2020 and 2021, the years at the ends being parts of one: the log return less the reference's."""
    told = calm_years(OWN, REFERENCE, [], ENDS)
    assert told == {2020: pytest.approx(math.log(1 / 1.2)), 2021: pytest.approx(math.log(1.2 / 1.5))}


def test_a_year_that_a_sell_off_touches_is_not_calm() -> None:
    """One session's return in the year is enough; a window that only begins with its last close is not in it."""
    assert list(calm_years(OWN, REFERENCE, [Window(2, 3)], ENDS)) == [2021]
    assert list(calm_years(OWN, REFERENCE, [Window(3, 4)], ENDS)) == [2020]


def test_after_ruin_it_is_undefined() -> None:
    """Nothing left has no logarithm."""
    ruined = pd.Series([1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0], DATES)
    told = calm_years(ruined, REFERENCE, [], ENDS)
    assert told[2020] == pytest.approx(math.log(1 / 1.2))
    assert not math.isfinite(told[2021])
