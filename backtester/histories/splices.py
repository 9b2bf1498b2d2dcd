"""The splicing of two levels: the older series, scaled to meet the newer, and then the newer."""

import pandas as pd

from backtester.errors import DataError


def spliced(older: "pd.Series[float]", newer: "pd.Series[float]") -> "pd.Series[float]":
    """The newer level with the older's returns before it.

    Both are positive levels by date, dates ascending, without NaN, in units that need not be the same. The two are
    linked at the first date that both have: from there on the newer level stands as it is; before it the older is
    used, scaled so that the two meet there. Raise DataError if no date is in both, or the older has none before it.
    """
    common = newer.index.intersection(older.index)
    if not len(common):
        raise DataError(f"{older.name} and {newer.name} have no date in common; two series that overlap are needed")
    link = common[0]
    before = older[older.index < link]
    if not len(before):
        raise DataError(f"{older.name} has nothing before {link.date()}, where {newer.name} begins; swap the two")
    joined = pd.concat([before * (newer[link] / older[link]), newer[newer.index >= link]])
    return pd.Series(joined, name=newer.name)
