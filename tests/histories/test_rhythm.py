"""The rhythm of a history: inferred from dates, held against what is stated, and what counts in sessions by it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.files import bundled
from backtester.histories.manifest import find_history, read_folder
from backtester.histories.market import load_market
from backtester.histories.rhythm import (
    PERIODS_A_YEAR,
    RHYTHMS,
    are_period_starts,
    checked_rhythm,
    infer_rhythm,
    moved_to_period_ends,
    shares_period,
    slowest_rhythm,
)
from folders import fact, made_folder
from mistakes import called, refusal

SHORT = {"daily": "B", "every day": "D", "weekly": "W-FRI", "monthly": "ME", "quarterly": "QE"}


def dates(name: str, periods: int = 240) -> pd.DatetimeIndex:
    """Dates of a rhythm."""
    return pd.date_range("2004-01-02", periods=periods, freq=SHORT[name]).as_unit("s")


@pytest.mark.parametrize("name", SHORT)
@pytest.mark.parametrize("periods", [10, 240])
def test_dates_show_their_rhythm(name: str, periods: int) -> None:
    """Ten dates are enough, and a tenth of them may be missing."""
    kept = infer_rhythm(dates(name, periods))
    assert kept is RHYTHMS[name]
    gaps = dates(name, 240).delete([50, 90, 91, 130])
    assert infer_rhythm(gaps) is RHYTHMS[name]


def test_exchanges_and_providers_are_seen_through() -> None:
    """New York's days, FRED's first-of-months, its Wednesdays, and the last sessions of months are what they are."""
    spy = pd.DatetimeIndex(fact("SPY").index)
    lasts = pd.DatetimeIndex(spy.to_series().groupby(spy.to_period("M")).last())
    found = [infer_rhythm(pd.DatetimeIndex(fact(name).index)) for name in ("SPY", "CPIAUCSL", "WALCL")]
    assert [one.name for one in [*found, infer_rhythm(lasts)] if one] == ["daily", "monthly", "weekly", "monthly"]
    sunday_to_thursday = pd.date_range("2024-01-07", periods=100)
    assert infer_rhythm(sunday_to_thursday[sunday_to_thursday.day_of_week.isin([6, 0, 1, 2, 3])]) is RHYTHMS["daily"]


@pytest.mark.parametrize("days", [["2024-01-01", "2024-01-02"], [f"{year}-01-01" for year in range(1990, 2020)]])
def test_dates_of_no_rhythm(days: list[str]) -> None:
    """Two dates show none, and years are none."""
    assert infer_rhythm(pd.DatetimeIndex(days)) is None


@pytest.mark.parametrize(
    ("name", "sessions", "window", "block", "correlation"),
    [
        ("daily", 252, 21, 63, 63),
        ("every day", 365, 31, 93, 91),
        ("weekly", 52, 4, 12, 52),
        ("monthly", 12, 1, 3, 36),
        ("quarterly", 4, 1, 3, 40),
    ],
)
def test_constants(name: str, sessions: float, window: int, block: int, correlation: int) -> None:
    """What counts in sessions: a year, a month, the blocks of resamples and the windows of correlations."""
    one = RHYTHMS[name]
    counted = (one.sessions_a_year, one.window_sessions, one.block_sessions, one.correlation_sessions)
    assert counted == (sessions, window, block, correlation)
    assert ("week" in one.periods, "month" in one.periods) == (
        name not in ("monthly", "quarterly"),
        name != "quarterly",
    )


def test_words_and_periods() -> None:
    """Counts in words, and the sessions of a period, to the nearest whole number."""
    told = [(one.words_for(1), one.words_for(4), one.length_words(1240)) for one in RHYTHMS.values()]
    assert told == [
        ("1 session", "4 sessions", "1,240 sessions"),
        ("1 day", "4 days", "1,240 every-day sessions"),
        ("1 week", "4 weeks", "1,240 weekly sessions"),
        ("1 month", "4 months", "1,240 monthly sessions"),
        ("1 quarter", "4 quarters", "1,240 quarterly sessions"),
    ]
    counts = {
        name: [one.sessions_in(period) for period in ("week", "month", "quarter", "year")]
        for name, one in RHYTHMS.items()
    }
    assert counts["daily"] == [5, 21, 63, 252]
    assert counts["monthly"] == [0, 1, 3, 12]
    assert slowest_rhythm(["monthly", "quarterly", "weekly"]) is RHYTHMS["quarterly"]


def test_what_is_stated_is_held_against_the_dates() -> None:
    """A rhythm, or a number of sessions a year, that the dates contradict is refused by name."""
    assert checked_rhythm("x", dates("monthly"), None, None) is RHYTHMS["monthly"]
    assert checked_rhythm("x", dates("monthly"), "monthly", 12) == RHYTHMS["monthly"]
    assert checked_rhythm("x", dates("daily"), None, 260).sessions_a_year == 260
    assert checked_rhythm("x", dates("monthly", 2), None, None) is RHYTHMS["daily"]
    assert checked_rhythm("x", dates("monthly", 5), "daily", None) is RHYTHMS["daily"]  # too few to tell
    with pytest.raises(DataError) as told:
        checked_rhythm("x", dates("weekly"), "daily", None)
    words = "x says rhythm = 'daily', and its sessions are weekly, 7 days from one to the next; say rhythm = 'weekly'"
    assert str(told.value) == words
    with pytest.raises(DataError, match="x says sessions_a_year = 252, and its sessions are monthly; some 12 are"):
        checked_rhythm("x", dates("monthly"), None, 252)


def test_a_market_has_its_rhythm(tmp_path: Path) -> None:
    """Of month-ends without a word in the manifest it is monthly, on any cut of it; a wrong word is refused."""
    columns = {"date": dates("monthly").date, "stocks": [100.0 + n for n in range(240)]}
    market = load_market("made", made_folder(tmp_path, columns))
    assert (market.rhythm.name, market.rhythm.sessions_a_year) == ("monthly", 12)
    assert market.cut(2).rhythm is market.rhythm
    assert load_market("us").rhythm.name == "daily"
    with pytest.raises(DataError, match="history 'made' says rhythm = 'daily', and its sessions are monthly, 31 days"):
        load_market("made", made_folder(tmp_path, columns, rhythm="daily"))


def test_every_embedded_history_states_its_rhythm() -> None:
    """The manifest says what the dates show."""
    assert {history.table.rhythm for history in read_folder(bundled("data")).values()} == {"daily"}


@pytest.mark.parametrize(
    ("freq", "starts"), [("MS", True), ("ME", False), ("W-MON", True), ("W-FRI", False), ("QS", True)]
)
def test_labels_of_period_starts(freq: str, starts: bool) -> None:
    """First days are labels of what comes, whatever the date of an unfinished last period; last days are not."""
    days = pd.date_range("2020-01-06", periods=40, freq=freq)
    assert are_period_starts(days) is starts
    assert are_period_starts(days.append(pd.DatetimeIndex([days[-1] + pd.Timedelta(days=3)]))) is starts
    assert are_period_starts(pd.date_range("2020-01-01", periods=40, freq="BMS"))
    assert not are_period_starts(pd.bdate_range("2020-01-01", periods=40))


def test_labels_are_moved_to_the_last_weekday() -> None:
    """By hand: February 2020 ended on a Saturday, a week on its Friday, the first quarter on a Tuesday."""
    months = moved_to_period_ends(pd.date_range("2020-01-01", periods=12, freq="MS"))
    assert [str(day.date()) for day in months[:3]] == ["2020-01-31", "2020-02-28", "2020-03-31"]
    assert str(moved_to_period_ends(pd.date_range("2020-01-06", periods=9, freq="W-MON"))[0].date()) == "2020-01-10"
    assert str(moved_to_period_ends(pd.date_range("2020-01-01", periods=9, freq="QS"))[0].date()) == "2020-03-31"
    with pytest.raises(DataError, match="are not weekly, monthly or quarterly; leave out --period-starts"):
        moved_to_period_ends(pd.bdate_range("2020-01-01", periods=40))
    unfinished = pd.date_range("2020-01-01", periods=12, freq="MS").append(pd.DatetimeIndex(["2020-12-11"]))
    assert list(shares_period(unfinished)) == [False] * 12 + [True]
    with pytest.raises(DataError, match="2020-12-11 lies in the month of the date before; leave out one of the two"):
        moved_to_period_ends(unfinished)


MONTHLY = "date,x\n" + "".join(
    f"{day.date()},{100 + n}\n" for n, day in enumerate(pd.date_range("2010-01-01", periods=60, freq="MS"))
)
IMPORT = ("data", "import", "x.csv", "--as", "stocks", "--kind", "total_return", "--data", "data")


def test_an_import_writes_the_rhythm_and_show_says_it(tmp_path: Path) -> None:
    """Monthly stocks make a monthly history; labels of the first are warned of, and moved where that is said."""
    (tmp_path / "x.csv").write_text(MONTHLY)
    _, _, err = called(tmp_path, *IMPORT)
    assert "labels: every date is the first of its month, so that what closes at its end is known at its begin" in err
    table = find_history("mine", tmp_path / "data").table
    assert (table.rhythm, table.sessions_a_year) == ("monthly", 12)
    assert "Rhythm: monthly, 12 sessions a year" in called(tmp_path, *["data", "show", "mine", "--data", "data"])[1]
    assert called(tmp_path, *IMPORT, "--period-starts")[2] == ""
    assert str(load_market("mine", tmp_path / "data").sessions[1].date()) == "2010-02-26"
    weekly = "date,x\n" + "".join(f"{day.date()},5{n}\n" for n, day in enumerate(dates("weekly")))
    (tmp_path / "x.csv").write_text(weekly)
    assert refusal(tmp_path, *IMPORT, "--period-starts", "--kind", "bond")[0].startswith("unknown kind 'bond'")
    assert called(tmp_path, *IMPORT)[0] == 0
    assert find_history("mine", tmp_path / "data").table.rhythm == "weekly"


def test_an_unfinished_month_is_warned_of(tmp_path: Path) -> None:
    """Two values in the last month: the last is a quote of a month that goes on."""
    (tmp_path / "x.csv").write_text(f"{MONTHLY}2014-12-17,170\n")
    assert (
        "labels: two values in the last month: it is not finished, so leave the last value out"
        in called(tmp_path, *IMPORT)[2]
    )


def spaced(*days: int) -> pd.DatetimeIndex:
    """Dates that are so many days apart."""
    return pd.DatetimeIndex(pd.Timestamp("2024-01-01") + pd.to_timedelta(np.cumsum([0, *days]), unit="D"))


@pytest.mark.parametrize(
    ("days", "name"),
    [
        ([1] * 20, "every day"),
        ([4] * 12, "every day"),
        ([4, 3] * 6, "daily"),
        ([5] * 12, None),
        ([6] * 12, "weekly"),
        ([8] * 12, "weekly"),
        ([9] * 12, None),
        ([27] * 12, "monthly"),
        ([32] * 12, "monthly"),
        ([33] * 12, None),
        ([88] * 12, "quarterly"),
        ([93] * 12, "quarterly"),
        ([94] * 12, None),
        ([7] * 19 + [16], "weekly"),
        ([7] * 19 + [17], "weekly"),
        ([7] * 18 + [17] * 2, None),
        ([7] * 18 + [16] * 2, "weekly"),
        ([7, 7], "weekly"),
        ([7], None),
    ],
)
def test_the_rhythm_by_the_usual_days(days: list[int], name: str | None) -> None:
    """The median of the days between, and more than nine in ten gaps no longer than twice the most."""
    kept = infer_rhythm(spaced(*days))
    assert (kept and kept.name) == name


@pytest.mark.parametrize(("stated", "refused"), [(210.0, False), (200.0, True), (300.0, False), (303.0, True)])
def test_stated_sessions_a_year_are_near_the_rhythm_s(stated: float, refused: bool) -> None:
    """Within a fifth of 252."""
    days = pd.bdate_range("2024-01-01", periods=300)
    if refused:
        with pytest.raises(DataError, match=r"some 252 are expected: leave it out"):
            checked_rhythm("it", days, None, stated)
    else:
        assert checked_rhythm("it", days, None, stated).sessions_a_year == stated


@pytest.mark.parametrize(("count", "refused"), [(9, False), (10, True)])
def test_few_dates_contradict_nothing(count: int, refused: bool) -> None:
    """Ten weekly ones say that they are not monthly, nine do not; nor that 12 a year is wrong."""
    weeks = pd.date_range("2024-01-05", periods=count, freq="W-FRI")
    if refused:
        with pytest.raises(DataError, match="say rhythm = 'weekly'"):
            checked_rhythm("it", weeks, "monthly", None)
        with pytest.raises(DataError, match="some 52 are expected"):
            checked_rhythm("it", weeks, None, 12)
    else:
        assert checked_rhythm("it", weeks, "monthly", None).name == "monthly"
        assert checked_rhythm("it", weeks, None, 12).sessions_a_year == 12


def test_what_a_rhythm_is_in_words() -> None:
    """One has no s; a history of sessions needs no other word."""
    daily, weekly = RHYTHMS["daily"], RHYTHMS["weekly"]
    assert (daily.words_for(1), daily.words_for(21), weekly.words_for(4)) == ("1 session", "21 sessions", "4 weeks")
    assert (daily.length_words(4879), weekly.length_words(1), RHYTHMS["every day"].length_words(2)) == (
        "4,879 sessions",
        "1 weekly sessions",
        "2 every-day sessions",
    )
    assert [daily.sessions_in(span) for span in ("week", "month", "quarter", "year")] == [5, 21, 63, 252]


def test_dates_are_moved_to_the_last_weekday() -> None:
    """Months that end on Saturday the 31st or on Sunday the 30th end on their Fridays."""
    starts = pd.DatetimeIndex(["2024-06-01", "2024-07-01", "2024-08-01", "2024-09-01"])
    assert [str(day.date()) for day in moved_to_period_ends(starts)] == [
        "2024-06-28",
        "2024-07-31",
        "2024-08-30",
        "2024-09-30",
    ]


def test_the_constants_themselves() -> None:
    """Sessions a year, a window's, months of a correlation, the days between two, and how many a period has."""
    found = {
        one.name: (one.sessions_a_year, one.window_sessions, one.correlation_months, one.days_apart, one.period_code)
        for one in RHYTHMS.values()
    }
    assert found == {
        "daily": (252, 21, 3, (1, 4), "D"),
        "every day": (365, 31, 3, (1, 1), "D"),
        "weekly": (52, 4, 12, (6, 8), "W-SUN"),
        "monthly": (12, 1, 36, (27, 32), "M"),
        "quarterly": (4, 1, 120, (88, 93), "Q"),
    }
    assert [RHYTHMS["daily"].sessions_in(name) for name in PERIODS_A_YEAR] == [5, 21, 63, 252]
    assert PERIODS_A_YEAR == {"week": 52, "month": 12, "quarter": 4, "year": 1}


def test_the_periods_that_can_be_traded_by() -> None:
    """Those that are as long as a session, or longer."""
    long = ("month", "quarter", "year")
    assert {one.name: one.periods for one in RHYTHMS.values()} == {
        "daily": ("day", "week", *long), "every day": ("day", "week", *long), "weekly": ("week", *long),
        "monthly": long, "quarterly": ("quarter", "year"),
    }  # fmt: skip
