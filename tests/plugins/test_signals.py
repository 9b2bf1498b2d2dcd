"""Signs that strategies wait for."""

import numpy as np
import pandas as pd

from backtester.plugins.signals import deviation, growth, lately


def test_a_sign_lasts_for_its_sessions() -> None:
    """A sign counts on its session and those after it, as many as are said; one that is not known has not shown."""
    sign = pd.Series([False, True, False, False, True])
    assert lately(sign, 1).tolist() == sign.tolist()
    assert lately(sign, 2).tolist() == [False, True, True, False, True]
    assert not lately(pd.Series([np.nan, np.nan]) > 0, 2).any()


def test_growth_is_over_calendar_days() -> None:
    """Growth is over what was known that many days before, at a session on that day or the last before it."""
    level = pd.Series([100.0, 110.0, 121.0], pd.DatetimeIndex(["2024-01-01", "2024-01-09", "2024-01-30"]))
    assert growth(level, 28).fillna(-1).round(12).tolist() == [-1, -1, 0.21]
    assert growth(level, 21).fillna(-1).round(12).tolist() == [-1, -1, 0.1]


def test_deviation_is_of_the_last_returns() -> None:
    """The sample deviation of the last returns, by hand; the same again where it is asked again, whatever became of the
    first answer, and another for another level."""
    level = pd.Series([100.0, 110.0, 99.0, 108.9, 108.9], pd.date_range("2024-01-01", periods=5))
    hand = [np.nan, np.nan, 0.2 / 2**0.5, 0.2 / 2**0.5, 0.1 / 2**0.5]
    first = deviation(level, 2)
    assert np.allclose(first, hand, rtol=1e-12, atol=0, equal_nan=True)
    first.iloc[:] = 0.0
    assert np.allclose(deviation(level, 2), hand, rtol=1e-12, atol=0, equal_nan=True)
    assert deviation(level.iloc[::-1], 2).iloc[2] != hand[2]
    assert deviation(level, 2).index.equals(level.index)
