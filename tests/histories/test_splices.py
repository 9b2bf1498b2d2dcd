"""Splices: returns of both parts kept, levels of the newer kept, and what cannot be spliced told."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.errors import DataError
from backtester.histories.providers.parse import find_column, parse_table
from backtester.histories.splices import spliced
from folders import shared_file


def level(first: str, values: list[float], name: str = "index") -> "pd.Series[float]":
    """A level on business days."""
    return pd.Series(values, pd.bdate_range(first, periods=len(values)), name=name)


def test_by_hand() -> None:
    """The older index, at 100 and 50 of its own, meets the newer's 10 with its return of minus a half."""
    long = spliced(level("2024-01-01", [100.0, 50.0, 60.0], "old"), level("2024-01-02", [10.0, 11.0, 12.0], "new"))
    assert list(long) == [20.0, 10.0, 11.0, 12.0]
    assert [str(date.date()) for date in long.index] == ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]
    assert long.name == "new"


def test_the_link_is_the_first_date_of_both() -> None:
    """Where the newer begins on a day that the older lacks, they meet on the next that both have."""
    older = level("2024-01-01", [1.0, 2.0, 3.0, 4.0]).drop(pd.Timestamp("2024-01-02"))
    long = spliced(older, level("2024-01-02", [50.0, 60.0, 70.0]))
    assert dict(zip(long.index.strftime("%d"), long, strict=True)) == {"01": 20.0, "03": 60.0, "04": 70.0}


@given(
    moves=st.lists(st.floats(0.5, 2), min_size=3, max_size=12),
    link=st.integers(1, 2),
    scale=st.floats(0.01, 100),
)
def test_splicing_a_series_with_itself_changes_no_return(moves: list[float], link: int, scale: float) -> None:
    """A level cut in two overlapping parts, one in another unit, comes back with its own returns."""
    whole = level("2024-01-01", list(np.cumprod(moves)))
    long = spliced(whole.iloc[: link + 1] * scale, whole.iloc[link:])
    np.testing.assert_allclose(long.pct_change().dropna(), whole.pct_change().dropna(), rtol=1e-12)
    pd.testing.assert_series_equal(long.iloc[link:], whole.iloc[link:], check_freq=False)


@pytest.mark.parametrize(
    ("older", "newer", "words"),
    [
        (
            level("2024-01-01", [1.0, 2.0], "old"),
            level("2024-01-03", [1.0, 2.0], "new"),
            "old and new have no date in common; two series that overlap are needed",
        ),
        (
            level("2024-01-02", [1.0, 2.0], "old"),
            level("2024-01-01", [1.0, 2.0], "new"),
            "old has nothing before 2024-01-02, where new begins; swap the two",
        ),
    ],
)
def test_what_cannot_be_spliced(older: "pd.Series[float]", newer: "pd.Series[float]", words: str) -> None:
    """Two series without a common date, or with the newer given first, are refused with the remedy."""
    with pytest.raises(DataError) as told:
        spliced(older, newer)
    assert str(told.value) == words


def test_inputs_are_left_as_they_are() -> None:
    """Neither part is written to."""
    older, newer = level("2024-01-01", [1.0, 2.0, 3.0]), level("2024-01-02", [9.0, 8.0])
    kept = older.copy(), newer.copy()
    spliced(older, newer)
    pd.testing.assert_series_equal(older, kept[0])
    pd.testing.assert_series_equal(newer, kept[1])


def test_the_dollar_indices_do_not_jump() -> None:
    """The major-currency index continued by the broad one has the returns of each, and nothing near 10% between."""
    parts = []
    for name, column in [("DTWEXM_1973_2016", "DTWEXM"), ("DTWEXBGS", "DTWEXBGS")]:
        table = parse_table(shared_file(f"fred/{name}.csv").read_bytes(), name)
        parts.append(find_column(table, column, name).dropna())
    dollar = spliced(*parts)
    assert (dollar.index[0], dollar["2006-01-03"]) == (pd.Timestamp("1973-01-02"), 100.7558)  # no older one on the 2nd
    for part, years in zip(parts, [slice("1973", "2006-01-03"), slice("2006-01-03", None)], strict=True):
        own = part[years].pct_change().dropna()
        np.testing.assert_allclose(dollar[years].pct_change().dropna(), own, rtol=1e-9, atol=1e-12)
    assert abs(parts[1]["2006-01-03"] / parts[0]["2006-01-03"] - 1) > 0.1
    assert dollar["2005-12-01":"2006-02-01"].pct_change().abs().max() < 0.012
