"""Signs that strategies wait for."""

import numpy as np
import pandas as pd

from backtester.plugins.signals import growth, lately


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
