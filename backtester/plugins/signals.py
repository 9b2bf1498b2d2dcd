"""What strategies that wait for a sign have in common. A sign that is not known, NaN, has not shown."""

import pandas as pd


def lately(sign: "pd.Series[bool]", sessions: int) -> "pd.Series[bool]":
    """Whether the sign showed at this session or one of the `sessions` - 1 before it."""
    return sign.astype(float).rolling(sessions, min_periods=1).max() > 0


def growth(level: "pd.Series[float]", days: int) -> "pd.Series[float]":
    """The growth of an observable over that many calendar days, as both figures were known; NaN before there are two.

    1.0 where it doubled.
    """
    before = level.reindex(pd.DatetimeIndex(level.index) - pd.Timedelta(days=days), method="ffill")
    return level / before.to_numpy() - 1
