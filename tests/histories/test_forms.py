"""Levels and returns told apart by their size, and the levels that returns make."""

import re

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.forms import FiguresForm, as_levels, infer_form

MONTHS = pd.DatetimeIndex(["2020-01-31", "2020-02-28", "2020-03-31", "2020-04-30", "2020-05-29"])


def monthly(*values: float) -> "pd.Series[float]":
    return pd.Series(values, MONTHS[: len(values)], dtype=float)


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ((100.0, 101.5, 99.0, 103.0, 104.0), "levels"),
        ((0.9, 1.0, 0.8, 1.1, 1.2), "levels"),
        ((0.01, -0.02, 0.03, 0.0, 0.01), "returns"),
        ((1.2, -2.1, 3.3, 0.0, 1.0), "percent"),
        ((0.2, -1.5, 0.3, 0.1, 0.2), "percent"),
    ],
)
def test_the_form_is_told_by_the_size(values: tuple[float, ...], form: FiguresForm) -> None:
    """Levels lie above zero and move little; fractions vary by less than 40% a year, percent by more than 3."""
    assert infer_form("fund.csv", monthly(*values)) == form


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((0.01, 0.002, 0.03, 0.004, 0.01), "fund.csv: its figures are above zero and move as no level does; say"),
        ((0.3, -0.2, 0.4, -0.3, 0.1), "as fractions its returns vary by 94% a year, in percent by 0.9%; say"),
        ((0.01,), "fund.csv has 1 value, too few"),
        ((0.01, -0.02), "fund.csv has 2 values, too few to tell levels from returns; say with --form NAME=FORM"),
    ],
)
def test_what_may_be_either_is_asked_for(values: tuple[float, ...], message: str) -> None:
    """Returns that are all positive, of a size between the two, or too few, are not guessed at."""
    with pytest.raises(DataError, match=re.escape(message)):
        infer_form("fund.csv", monthly(*values))


def test_returns_beyond_all_numbers_are_refused() -> None:
    """Tenfold each day: 10 to the 309th is none any more. It is a line, and not a warning of numpy."""
    values = pd.Series(900.0, pd.bdate_range("2020-01-01", periods=400))
    with pytest.raises(DataError, match=r"^fund.csv: by 2021-03-08 its returns come"):
        as_levels("fund.csv", values, "percent", pd.DatetimeIndex(values.index))


@pytest.mark.parametrize("values", [(100.0, 0.0, 101.0), (0.0, 0.0, 7.0, 7.6, 7.5)])
def test_a_level_of_zero_makes_no_returns(values: tuple[float, ...]) -> None:
    """Levels with a zero among them, as a provider's gap, are not read as returns in percent."""
    with pytest.raises(
        DataError, match=r"^fund.csv: the value on [-0-9]+ is 0 among .* say with --form NAME=FORM which"
    ):
        infer_form("fund.csv", monthly(*values))


@pytest.mark.parametrize("values", [(0.0, 10.0, 11.06), (0.0, 0.0, 7.0), (0.0, 0.0, 0.0), (0.0, -3.0, -3.1)])
def test_returns_may_be_zero(values: tuple[float, ...]) -> None:
    """What changes by more than a tenth from one to the next, or is below zero, are returns."""
    assert infer_form("fund.csv", monthly(*values)) in ("percent", "returns")


def test_growth_factors_are_no_levels() -> None:
    """Figures near 1 of which each says nothing about the next are not taken for a level that hardly moves."""
    factors = 1 + np.random.default_rng(5).normal(0, 0.01, 120)
    with pytest.raises(DataError, match="move as no level does"):
        infer_form("fund.csv", pd.Series(factors, pd.bdate_range("2020-01-01", periods=120)))


def test_returns_are_compounded_from_the_session_before() -> None:
    """The first month's return counts from the last session of the month before, whichever day it is dated."""
    sessions = pd.DatetimeIndex(["2019-12-30", "2019-12-31", "2020-01-02", "2020-01-31"])
    levels = as_levels("f", monthly(0.10, -0.5, 0.2), "returns", sessions)
    assert levels.index.strftime("%m-%d").tolist() == ["12-31", "01-31", "02-28", "03-31"]
    np.testing.assert_allclose(levels, [1, 1.1, 0.55, 0.66], rtol=1e-15)
    np.testing.assert_allclose(as_levels("f", monthly(10, -50, 20), "percent", sessions), levels, rtol=1e-15)
    assert as_levels("f", monthly(5, 6, 7), "levels", sessions).tolist() == [5, 6, 7]


def test_a_record_that_is_older_than_the_sessions_begins_on_a_weekday() -> None:
    """Without a session before it, the level of 1 stands on the last weekday before the first period."""
    daily = pd.Series([0.01, 0.02, 0.01], pd.DatetimeIndex(["2020-01-06", "2020-01-07", "2020-01-08"]))
    assert as_levels("f", daily, "returns", pd.DatetimeIndex([])).index[0] == pd.Timestamp("2020-01-03")


def test_a_loss_of_all_is_no_return() -> None:
    """A return of -100% or less leaves nothing to compound, and is refused with its date."""
    with pytest.raises(DataError, match="f: -1 on 2020-02-28 is a loss of all, or more; say --form NAME=FORM"):
        as_levels("f", monthly(0.1, -1.0, 0.1), "returns", pd.DatetimeIndex([]))


def turns(size: float) -> tuple[float, ...]:
    """Figures that go up and down by one size, whose deviation is that size: over a year 3.4641 times it."""
    return (size, -size, size, -size)


@pytest.mark.parametrize(
    ("size", "form"),
    [(0.1154, "returns"), (0.1155, None), (0.866, None), (0.8661, "percent"), (0.0, "returns")],
)
def test_sizes_at_the_edges(size: float, form: FiguresForm | None) -> None:
    """Up to 40% a year fractions, from 300% percent; what lies between may be either."""
    if form:
        assert infer_form("f", monthly(*turns(size))) == form
    else:
        with pytest.raises(DataError, match="as fractions its returns vary by"):
            infer_form("f", monthly(*turns(size)))


@pytest.mark.parametrize(("step", "is_level"), [(0.433, True), (0.4331, False)])
def test_levels_at_the_edge(step: float, is_level: bool) -> None:
    """Up to 150% a year."""
    values = monthly(*np.exp([0, step, 0, step, 0]).tolist())
    if is_level:
        assert infer_form("f", values) == "levels"
    else:
        with pytest.raises(DataError, match="move as no level does"):
            infer_form("f", values)


def test_forms_of_few_and_of_odd_figures() -> None:
    """Three are enough; nothing is no level, a loss of all no fraction; dates of no rhythm are taken for sessions."""
    assert infer_form("f", monthly(100, 101, 102)) == "levels"
    assert infer_form("f", monthly(0.0, 0.01, 0.02)) == "returns"
    assert infer_form("f", monthly(0.2, -1.0, 0.3)) == "percent"
    years = pd.DatetimeIndex([f"{year}-01-01" for year in range(2000, 2004)])
    assert infer_form("f", pd.Series(turns(0.025195), years)) == "returns"
    with pytest.raises(DataError, match="vary by 40% a year"):
        infer_form("f", pd.Series(turns(0.02521), years))


@pytest.mark.parametrize(
    ("dates", "sessions", "start"),
    [
        (["2020-01-07", "2020-01-08", "2020-01-09"], [], "2020-01-06"),
        (["2020-01-06", "2020-01-07", "2020-01-11"], [], "2020-01-05"),
        (["2020-01-06", "2020-01-07", "2020-01-12"], [], "2020-01-05"),
        (["2020-03-31", "2020-04-30", "2020-05-29"], [], "2020-02-28"),
        (
            ["2020-03-31", "2020-04-30", "2020-05-29"],
            ["2020-02-26", "2020-02-27", "2020-02-29", "2020-03-01"],
            "2020-02-29",
        ),
        (["2020-03-31", "2020-04-30", "2020-05-29"], ["2020-03-01", "2020-03-02"], "2020-02-28"),
    ],
)
def test_where_levels_begin(dates: list[str], sessions: list[str], start: str) -> None:
    """At the last session before the first period; without one on the last weekday, or day where weekends count."""
    values = pd.Series([0.1, 0.0, 0.1], pd.DatetimeIndex(dates))
    levels = as_levels("f", values, "returns", pd.DatetimeIndex(sessions))
    assert (str(levels.index[0].date()), levels.iloc[0], len(levels)) == (start, 1.0, 4)


@pytest.mark.parametrize(
    ("values", "form"), [((0.2, -0.2), "returns"), ((2.5, -0.5), "percent"), ((0.21, -0.2), None), ((2.4, -0.5), None)]
)
def test_forty_and_three_hundred_percent_are_the_edges(values: tuple[float, float], form: FiguresForm | None) -> None:
    """Over a year of four quarters a deviation is doubled, and these are exact: either edge is a form."""
    quarters = pd.Series(np.resize(values, 16), pd.date_range("2000-03-31", periods=16, freq="QE"))
    if form:
        assert infer_form("f", quarters) == form
    else:
        with pytest.raises(DataError, match="as fractions its returns vary by"):
            infer_form("f", quarters)
