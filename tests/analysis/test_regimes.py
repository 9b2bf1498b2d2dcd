"""Regimes: spells by hand, and the sign that was known when a window began."""

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.dependence import regime, spells
from backtester.analysis.windows import Window

MONTHS = pd.date_range("2020-01-31", periods=8, freq="ME")


def test_spells_by_hand() -> None:
    """Unknown, two positive, three negative, zero, one negative: three spells, the zero and the unknown in none."""
    correlation = pd.Series([np.nan, 0.2, 0.1, -0.1, -0.5, -0.1, 0.0, -0.3], MONTHS)
    told = spells(correlation, pd.Series(True, MONTHS))
    assert [(spell.sign, spell.months) for spell in told] == [("positive", 2), ("negative", 3), ("negative", 1)]
    assert (told[1].start, told[1].end) == (MONTHS[3], MONTHS[5])


def test_only_month_ends_make_a_spell() -> None:
    """Sessions between month-ends carry the figure but do not count."""
    days = pd.bdate_range("2024-01-29", "2024-03-05")
    ends = pd.Series(days.isin(pd.DatetimeIndex(["2024-01-31", "2024-02-29"])), days)
    assert [spell.months for spell in spells(pd.Series(0.3, days), ends)] == [2]


def test_no_month_no_spell() -> None:
    """A window without a month-end has none."""
    assert spells(pd.Series([0.3], MONTHS[:1]), pd.Series([False], MONTHS[:1])) == []


@pytest.mark.parametrize(("value", "sign"), [(0.1, "positive"), (-0.1, "negative"), (0.0, None), (np.nan, None)])
def test_regime_is_the_sign_at_the_first_close(value: float, sign: str | None) -> None:
    """What the window's later sessions bring was not known when it began."""
    correlation = pd.Series([-9.0, value, 9.0, -9.0], MONTHS[:4])
    assert regime(correlation, Window(1, 3)) == sign
