"""A market at the ends of months, and dates that stand for a month."""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.market import Market, load_market
from backtester.histories.periods import cash_returns, end_sessions, moved_to_last_sessions, slower_rhythm
from backtester.histories.rhythm import RHYTHMS
from backtester.histories.store import Figures
from folders import built, listed, made_folder, weekdays

DAYS = weekdays("2024-01-29", 50)  # to Friday, 2024-04-05
STOCKS = 100 * np.cumprod(np.full(50, 1.01))


def test_returns_are_compounded_and_observables_known_at_the_close(tmp_path: Path) -> None:
    """By hand: February 2024 has 21 weekdays, each of which stocks gain 1% and bills the rate of the day before."""
    rate = np.where(np.arange(50) < 24, 3.65, 7.3)  # from Friday, 1 March on twice as much
    series = {"rate": listed("rate", "rate"), "bills": built("bills", **{"yield": "rate"})}
    columns = {"date": DAYS, "stocks": STOCKS, "rate": rate}
    folder = made_folder(tmp_path, columns, {"stocks": listed("price", "stocks"), **series})
    found = load_market("made", folder, rhythm="month")
    assert [str(day.date()) for day in found.sessions] == ["2024-01-31", "2024-02-29", "2024-03-29"]
    assert list(found.days) == [0, 29, 29]
    np.testing.assert_allclose(found.returns["stocks"][1:], [1.01**21 - 1] * 2, rtol=1e-12)
    one_day, weekend = 1 + 0.0365 / 365, 1 + 3 * 0.0365 / 365
    np.testing.assert_allclose(found.bill_returns[:2], [0, one_day**17 * weekend**4 - 1], rtol=1e-12)
    assert list(found.observables["rate"]) == [3.65, 3.65, 7.3]
    assert (found.rhythm.name, found.carried) == ("monthly", {"stocks": 0, "bills": 0})
    assert list(found.calendar["month"]) == [True, True, True]
    assert list(found.calendar["quarter"]) == [False, False, False]


def test_the_last_month_counts_once_it_is_over() -> None:
    """Until no weekday is left of it, a month has no end yet."""
    days = pd.bdate_range("2024-05-01", "2024-06-28")  # June ends on a Sunday
    monthly = RHYTHMS["monthly"]
    assert [str(day.date()) for day in days[end_sessions(days, monthly)]] == ["2024-05-31", "2024-06-28"]
    assert [str(day.date()) for day in days[:-1][end_sessions(days[:-1], monthly)]] == ["2024-05-31"]


def test_what_was_seen_at_a_date_is_a_cut_of_the_whole(us: Market) -> None:
    """In May 2010 the embedded month-ends go to April, and every figure is what it is today."""
    seen = load_market("us", rhythm="month", until=datetime.date(2010, 5, 14))
    whole = load_market("us", rhythm="month")
    assert str(seen.sessions[-1].date()) == "2010-04-30"
    pd.testing.assert_frame_equal(seen.observables, whole.observables.loc[: seen.sessions[-1]])
    pd.testing.assert_frame_equal(seen.levels, whole.levels.loc[: seen.sessions[-1]])
    pd.testing.assert_frame_equal(seen.calendar, whole.calendar.loc[: seen.sessions[-1]])
    bonds = us.levels["bonds"]
    assert whole.returns["bonds"].iloc[5] == pytest.approx(bonds["2007-06-29"] / bonds["2007-05-31"] - 1, rel=1e-12)


MONTHS = [datetime.date(2024, 1, 31), datetime.date(2024, 2, 29), datetime.date(2024, 3, 31)]  # the last a Sunday


def test_a_monthly_series_needs_no_key_at_month_ends(tmp_path: Path) -> None:
    """Beside daily ones it is refused with the ways out; at month-ends each value is of its month, a Sunday's too."""
    dates = [*DAYS, MONTHS[2]]
    fund = [{MONTHS[0]: 10.0, MONTHS[1]: 11.0, MONTHS[2]: 12.0}.get(day) for day in dates]
    rows = sorted(range(len(dates)), key=dates.__getitem__)
    columns = {"date": [dates[row] for row in rows], "fund": [fund[row] for row in rows]}
    columns |= {"stocks": [None if dates[row] == MONTHS[2] else STOCKS[DAYS.index(dates[row])] for row in rows]}
    series = {"stocks": listed("price", "stocks"), "fund": listed("price", "fund")}
    folder = made_folder(tmp_path, columns, series)
    with pytest.raises(DataError) as refused:
        load_market("made", folder)
    assert str(refused.value) == (
        "history 'made', series 'fund': no value from 2024-02-01 to 2024-02-28, more than 10 days; it has one every 30 "
        "days: give daily figures, measure at the ends of months or quarters with run --rhythm, or let each stand "
        "until the next with carry_days = 31 in the manifest's series 'fund'"
    )
    found = load_market("made", folder, rhythm="month")
    assert (list(found.levels["fund"]), found.carried["fund"], found.slower_rhythms) == ([10, 11, 12], 0, {})
    series["fund"] |= {"carry_days": 31}
    assert load_market("made", made_folder(tmp_path, columns, series)).slower_rhythms == {"fund": "monthly"}


def months(days: list[str], name: str = "monthly", sessions: str = "BME") -> list[str]:
    """Where figures of those days are put among the last business days of months."""
    at = pd.date_range("2023-12-01", "2024-12-31", freq=sessions)
    figures = Figures(pd.Series(1.0, pd.DatetimeIndex(days)))
    return [str(day.date()) for day in moved_to_last_sessions(figures, at, RHYTHMS[name]).values.index]


def test_dates_of_one_month_are_one_session() -> None:
    """A date after the month's session is moved to it, one before it stays; so are quarters among months."""
    assert months(["2024-03-31", "2024-04-30", "2024-05-30", "2024-06-30"]) == [
        "2024-03-29", "2024-04-30", "2024-05-30", "2024-06-28",
    ]  # fmt: skip
    assert months(["2024-03-31", "2024-06-30", "2024-09-30"]) == ["2024-03-29", "2024-06-28", "2024-09-30"]
    assert months(["2024-11-30", "2024-12-31", "2025-01-31"]) == ["2024-11-29", "2024-12-31", "2025-01-31"]
    fridays, sundays = ["2024-03-22", "2024-03-29", "2024-04-05"], ["2024-03-24", "2024-03-31", "2024-04-07"]
    assert months(sundays, "weekly", "W-FRI") == fridays


@pytest.mark.parametrize(
    ("days", "name", "sessions"),
    [
        (["2024-03-29", "2024-03-30", "2024-03-31", "2024-04-01"], "monthly", "BME"),  # daily
        (["2024-04-15", "2024-05-15", "2024-06-15"], "monthly", "BMS"),  # two weeks late
        (["2024-04-30", "2024-05-31", "2024-06-30"], "weekly", "W-FRI"),  # days after the week's session
        (["2024-03-24", "2024-03-31", "2024-04-07"], "monthly", "BME"),  # finer than the sessions
        (["2024-04-30", "2024-05-31", "2024-06-28", "2024-06-30"], "monthly", "BME"),  # one too many
    ],
)
def test_dates_that_stay(days: list[str], name: str, sessions: str) -> None:
    """Daily dates, those weeks late, a month's beside weeks, a week's among months, a second one of a month."""
    assert months(days, name, sessions) == days


def test_a_month_end_is_aligned_in_a_monthly_history(tmp_path: Path) -> None:
    """Stocks on the last business day and bonds on the 31st are of one month; so is a yield, unless it has a lag."""
    business = pd.date_range("2020-01-01", periods=12, freq="BME")
    last = pd.date_range("2020-01-01", periods=12, freq="ME")
    dates = sorted({*business, *last})
    column = {day: float(n) for n, day in enumerate(business, 1)}, {day: float(n) for n, day in enumerate(last, 1)}
    columns = {"date": [day.date() for day in dates]}
    columns |= {name: [of.get(day) for day in dates] for name, of in zip(("stocks", "x"), column, strict=True)}
    series = {
        "stocks": listed("price", "stocks"),
        "bonds": listed("price", "x"),
        "at_once": listed("level", "x"),
        "later": listed("level", "x", lag_sessions=1),
    }
    found = load_market("made", made_folder(tmp_path, columns, series))
    assert list(found.levels["bonds"]) == list(found.levels["stocks"]) == list(range(1, 13))
    assert found.carried["bonds"] == 0
    assert list(found.observables["at_once"]) == list(range(1, 13))
    assert list(found.observables["later"][5:8]) == [4, 6, 7]  # by its own dates: 31 May is after the session


@pytest.mark.parametrize(("freq", "asked"), [("BME", "week"), ("QE", "month")])
def test_finer_than_the_history_is_refused(tmp_path: Path, freq: str, asked: str) -> None:
    """A monthly history has no weeks, a quarterly one no months; what is left to say is named."""
    dates = pd.date_range("2010-01-31", periods=40, freq=freq)
    folder = made_folder(tmp_path, {"date": dates.date, "stocks": np.arange(40) + 1.0})
    expected = {
        "week": "history 'made' is monthly and has no weekly sessions to measure at; leave --rhythm week out, or say "
        "quarter",
        "month": "history 'made' is quarterly and has no monthly sessions to measure at; leave --rhythm month out",
    }
    with pytest.raises(DataError) as refused:
        load_market("made", folder, rhythm=asked)
    assert str(refused.value) == expected[asked]
    assert load_market("made", folder, rhythm="quarter").rhythm.name == "quarterly"


def every(count: int, code: str, first: str = "2020-01-01") -> pd.DatetimeIndex:
    """Dates in a rhythm."""
    return pd.date_range(first, periods=count, freq=code)


DAYS_OF_TWO_YEARS = pd.bdate_range("2020-01-01", "2021-12-31")


@pytest.mark.parametrize(
    ("dates", "name"),
    [
        (every(24, "ME"), "monthly"),
        (every(104, "W-FRI"), "weekly"),
        (every(8, "QE"), "quarterly"),
        (DAYS_OF_TWO_YEARS, None),
        (DAYS_OF_TWO_YEARS[:0], None),
        (DAYS_OF_TWO_YEARS[-200:], None),
    ],
)
def test_series_with_fewer_values_than_half_of_the_sessions(dates: pd.DatetimeIndex, name: str | None) -> None:
    """They have a rhythm of their own; one that begins late is none of them."""
    own = slower_rhythm(dates, DAYS_OF_TWO_YEARS, RHYTHMS["daily"])
    assert (own and own.name) == name


def test_half_of_the_sessions_are_enough() -> None:
    """Of ten sessions six have a value, then four; weekly is not slower than weekly."""
    weeks = every(60, "W-FRI")
    assert slower_rhythm(weeks[::2], weeks, RHYTHMS["weekly"]) is None
    assert slower_rhythm(every(13, "ME"), weeks, RHYTHMS["weekly"]) is not None
    assert slower_rhythm(every(13, "ME"), weeks, RHYTHMS["monthly"]) is None


def moved(dates: list[str], sessions: pd.DatetimeIndex, name: str) -> list[str]:
    """Where `moved_to_last_sessions` puts figures of these dates."""
    found = moved_to_last_sessions(Figures(pd.Series(1.0, pd.DatetimeIndex(dates))), sessions, RHYTHMS[name])
    return [str(day.date()) for day in found.values.index]


def test_dates_after_the_last_session_of_their_month_are_moved_to_it() -> None:
    """The 31st of a month whose last session is the 29th; ten days late at most, and only one figure a month."""
    months = pd.bdate_range("2024-01-31", "2024-12-31", freq="BME")
    ends = [str(day.date()) for day in pd.date_range("2024-01-31", "2024-12-31", freq="ME")]
    assert moved(ends, months, "monthly") == [str(day.date()) for day in months]
    early = months.where(months.month != 3, pd.Timestamp("2024-03-21"))
    assert moved(ends, early, "monthly")[2] == "2024-03-21"
    earlier = months.where(months.month != 3, pd.Timestamp("2024-03-20"))
    assert moved(ends, earlier, "monthly")[2] == "2024-03-31"


def test_cash_returns_from_its_first_level_on() -> None:
    """0 there, NaN before, and NaN throughout without bills."""
    levels = pd.DataFrame({"bills": [np.nan, 1.0, 1.5]}, every(3, "D"))
    np.testing.assert_array_equal(cash_returns(levels), [np.nan, 0.0, 0.5])
    assert np.isnan(cash_returns(levels.rename(columns={"bills": "gold"}))).all()


def test_half_of_the_sessions_of_its_own_time_are_not_fewer() -> None:
    """Three quarter-ends among seven month-ends, over six months: exactly half. With a month less they are more."""
    sessions = pd.date_range("2023-01-31", periods=24, freq="BME")
    quarters = pd.DatetimeIndex(["2023-09-29", "2023-12-29", "2024-03-29"])
    monthly = RHYTHMS["monthly"]
    assert slower_rhythm(quarters, sessions, monthly) is RHYTHMS["quarterly"]
    assert slower_rhythm(quarters, sessions.drop("2023-10-31"), monthly) is None
    assert slower_rhythm(quarters, sessions[8:14], monthly) is not None
    assert slower_rhythm(quarters, sessions[8:13], monthly) is None
    assert slower_rhythm(quarters[:0], sessions, monthly) is None


def test_the_last_session_stands_for_its_month() -> None:
    """A Saturday's figure is moved to it."""
    at = pd.date_range("2024-01-01", "2024-11-30", freq="BME")
    figures = Figures(pd.Series(1.0, pd.DatetimeIndex(["2024-09-30", "2024-10-31", "2024-11-30"])))
    found = moved_to_last_sessions(figures, at, RHYTHMS["monthly"])
    assert str(found.values.index[-1].date()) == "2024-11-29"
