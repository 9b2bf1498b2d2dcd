"""A market of a DataFrame: its levels, its cash, what it adds to a history, what it refuses."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.frames import market
from backtester.histories.market import Market

DAYS = pd.DatetimeIndex(["2024-01-02", "2024-01-03", "2024-01-04"])
LEVELS = pd.DataFrame({"stocks": [10, 11, 12], "bonds": [5.0, 5.5, 5.0], "gold": [np.nan, 2.0, 3.0]}, DAYS)


def test_levels_stand_as_they_are() -> None:
    """The dates of stocks are the sessions, a level that is missing is NaN, and the frame stays as it was."""
    before = LEVELS.copy()
    made = market(LEVELS)
    assert made.assets == ["stocks", "bonds", "gold"]
    np.testing.assert_array_equal(made.levels.to_numpy(), LEVELS.to_numpy())
    pd.testing.assert_frame_equal(LEVELS, before)
    assert not made.has_bills


def test_returns_make_levels_from_a_session_before() -> None:
    """Fractions and percent give the same levels, from 1 on the last weekday before the first."""
    for frame, form in ((LEVELS.pct_change(fill_method=None).iloc[1:], "returns"),):
        made, percent = market(frame, form=form), market(100 * frame, form="percent")
        assert made.sessions[0] == pd.Timestamp("2024-01-02")
        np.testing.assert_allclose(made.levels["stocks"], [1, 1.1, 1.2], rtol=1e-15)
        np.testing.assert_allclose(made.levels["gold"], [np.nan, 1, 1.5], rtol=1e-15)
        pd.testing.assert_frame_equal(made.levels, percent.levels, rtol=1e-14)


def test_a_rate_makes_bills_and_a_level_is_looked_at() -> None:
    """Bills of 36.5% a year earn a thousandth a day on the rate of the day before; vix is no asset."""
    frame = LEVELS.assign(bills=[36.5, 73.0, 36.5], vix=[20.0, 30.0, np.nan])
    made = market(frame, kinds={"bills": "rate", "vix": "level"})
    np.testing.assert_allclose(made.bill_returns, [0, 0.001, 0.002], rtol=1e-12)
    assert made.observables["vix"].tolist() == [20, 30, 30]
    assert made.assets == ["stocks", "bonds", "gold"]
    index = market(LEVELS.assign(bills=[1.0, 1.1, 1.21]))
    np.testing.assert_allclose(index.bill_returns, [0, 0.1, 0.1], rtol=1e-12)


def test_columns_are_added_to_a_history(us: Market) -> None:
    """The embedded history keeps every role and figure, and has the column beside them, absent after its end."""
    fund = us.levels["gold"].loc["2010-01-04":"2020-06-30"] * 2
    with pytest.warns(UserWarning, match="^fund ends on 2020-06-30 and is cash from then on; --end 2020-06-30"):
        made = market(pd.DataFrame({"fund": fund}), history="us")
    assert made.assets == [*us.assets, "fund"]
    pd.testing.assert_frame_equal(made.levels.drop(columns="fund"), us.levels)
    pd.testing.assert_series_equal(made.levels["fund"].dropna(), fund.rename("fund"), check_freq=False)


def test_the_same_frame_has_the_same_hash() -> None:
    """A market is known by its figures: one that changed has another hash, in the history's table too."""
    one, same, other = market(LEVELS), market(LEVELS.copy()), market(LEVELS.replace(12, 13))
    assert one.history.table.files == same.history.table.files != other.history.table.files
    assert one.sha256 == same.sha256 != other.sha256


def test_dates_with_a_zone_are_those_of_their_midnight() -> None:
    """Midnight in New York is that date; a time of day is refused."""
    assert market(LEVELS.tz_localize("America/New_York")).sessions.equals(DAYS.rename("date").as_unit("s"))
    with pytest.raises(DataError, match="2024-01-02 16:00:00 has a time of day"):
        market(LEVELS.set_axis(DAYS + pd.Timedelta(hours=16)))


@pytest.mark.parametrize(
    ("frame", "words", "message"),
    [
        (
            LEVELS.drop(columns="stocks"),
            {},
            "the frame has no column 'stocks', whose dates are the sessions; add one, or",
        ),
        (LEVELS.reset_index(drop=True), {}, "got a frame by RangeIndex; a DataFrame is needed whose index are dates"),
        (LEVELS["stocks"], {}, "got Series; a DataFrame is needed"),
        (LEVELS.iloc[::-1], {}, "dates repeat or go backwards at 2024-01-03"),
        (LEVELS.assign(gold="x"), {}, "the frame's column 'gold' holds str; numbers are needed, one column a role"),
        (LEVELS.assign(gold=np.nan), {}, "the frame's column 'gold' has no value; numbers are needed"),
        (LEVELS.assign(gold=[1.0, np.inf, 2.0]), {}, "inf on 2024-01-03 is not finite"),
        (LEVELS.assign(gold=[1.0, -1.0, 2.0]), {}, "-1.0 on 2024-01-03 is not above zero"),
        (LEVELS.assign(Gold=1.0), {}, "'Gold' is no name for a history or role"),
        (LEVELS.assign(base=1.0), {}, "'base' is taken"),
        (LEVELS, {"form": "return"}, "unknown form 'return'; did you mean 'returns'"),
        (LEVELS, {"kinds": {"golt": "price"}}, "kinds names 'golt', which is no column; did you mean 'gold'"),
        (LEVELS, {"kinds": {"gold": "bond"}}, "'gold' cannot be of kind 'bond'"),
        (LEVELS, {"history": "us"}, "history 'us' has a series 'stocks' already"),
        (LEVELS, {"history": "usa"}, "unknown history 'usa'; did you mean 'us'"),
    ],
)
def test_what_is_no_market_is_refused(frame: pd.DataFrame, words: dict[str, object], message: str) -> None:
    """Each mistake is named with its column or date."""
    with pytest.raises(DataError, match=re.escape(message)):
        market(frame, **words)


def test_a_monthly_column_beside_daily_ones_is_refused(us: Market) -> None:
    """A fund of month ends beside a daily history is refused with what can be said instead."""
    fund = us.levels[["gold"]].resample("ME").last().rename(columns={"gold": "fund"})
    with pytest.raises(
        DataError, match=r"fund is monthly, and the sessions of history 'us' are daily; .* --rhythm month"
    ):
        market(fund, history="us")


def test_what_looks_odd_is_warned_of() -> None:
    """A level that stands still for a month is taken, with a warning."""
    values = np.linspace(100, 120, 120).round(1)
    values[40:80] = 110.0
    frame = pd.DataFrame({"stocks": np.exp(np.random.default_rng(1).normal(0, 0.01, 120).cumsum()), "gold": values})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        market(frame.set_axis(pd.bdate_range("2024-01-01", periods=120)))
    assert {one.filename for one in caught if str(one.message).startswith("gold: ")} == {__file__}
