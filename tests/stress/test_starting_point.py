"""The sessions that would follow a history's last one, and what lay in the past at a session."""

import dataclasses
import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest

from backtester.errors import ScenarioError
from backtester.histories.manifest import find_history
from backtester.histories.market import Market
from backtester.histories.series_inputs import Figures
from backtester.stress.starting_point import (
    _cut,
    _nearest_sessions,
    following_sessions,
    is_by_month,
    make_starting_point,
    read_starting_point,
    source_starting_point,
)


def market(last: str, period: str, name: str = "daily", calendar: str | None = None, a_year: float = 252) -> Market:
    """A market that ends on this session."""
    rhythm = SimpleNamespace(period_code=period, name=name, sessions_a_year=a_year)
    history = SimpleNamespace(table=SimpleNamespace(calendar=calendar))
    return cast("Market", SimpleNamespace(sessions=pd.DatetimeIndex([last]), rhythm=rhythm, history=history))


@pytest.mark.parametrize(
    ("made", "days"),
    [
        (market("2024-07-03", "D", calendar="XNYS"), ["2024-07-05", "2024-07-08"]),
        (market("2024-07-03", "D"), ["2024-07-04", "2024-07-05"]),
        (market("2024-07-05", "D"), ["2024-07-08", "2024-07-09"]),
        (market("2024-07-05", "D", "every day", a_year=365), ["2024-07-06", "2024-07-07"]),
        (market("2024-01-05", "W-SUN", "weekly", a_year=52), ["2024-01-12", "2024-01-19"]),
        (market("2024-01-03", "W-SUN", "weekly", a_year=52), ["2024-01-12", "2024-01-19"]),
        (market("2024-01-31", "M", "monthly", a_year=12), ["2024-02-29", "2024-03-29"]),
        (market("2024-01-15", "M", "monthly", a_year=12), ["2024-02-29", "2024-03-29"]),
        (market("2024-03-29", "Q", "quarterly", a_year=4), ["2024-06-28", "2024-09-30"]),
    ],
)
def test_sessions_that_follow(made: Market, days: list[str]) -> None:
    """By the exchange's holidays, on weekdays, on all days, or at the ends of the periods after the last one's."""
    assert [str(day.date()) for day in following_sessions(made, 2)] == days


def test_a_path_is_no_longer_than_the_calendar() -> None:
    """The rules of holidays are known to 2049."""
    made = market("2049-12-20", "D")
    assert len(following_sessions(made, 9)) == 9
    with pytest.raises(ScenarioError, match="has 9 sessions after 2049-12-20, and the path 10; make it shorter"):
        following_sessions(made, 10)


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2024-01-06", "those beside it are 2024-01-05 and 2024-01-08"),
        ("2023-12-31", "it covers 2024-01-03 to 2024-01-09"),
        ("2024-01-02", "it covers 2024-01-03 to 2024-01-09"),
        ("2024-01-10", "it covers 2024-01-03 to 2024-01-09"),
    ],
)
def test_sessions_beside_a_date(date: str, words: str) -> None:
    """The first session has none before it, so that nothing can be put after it."""
    assert _nearest_sessions(pd.bdate_range("2024-01-02", "2024-01-09"), pd.Timestamp(date)) == words
    friday = pd.bdate_range("2024-01-05", "2024-01-09")  # nothing can begin after the first session, without a past
    assert _nearest_sessions(friday, pd.Timestamp("2024-01-06")) == "it covers 2024-01-08 to 2024-01-09"
    gap = pd.DatetimeIndex(["2024-01-02", "2024-01-03", "2024-01-08"])
    assert _nearest_sessions(gap, pd.Timestamp("2024-01-05")) == "those beside it are 2024-01-03 and 2024-01-08"


def figures(*dates: str) -> Figures:
    """Figures of these dates, known a day later."""
    index = pd.DatetimeIndex(dates)
    return Figures(pd.Series(range(len(index)), index, dtype=float), pd.Series(index + pd.Timedelta(days=1), index))


@pytest.mark.parametrize(
    ("made", "last", "kept"),
    [
        (figures("2024-01-02", "2024-01-03", "2024-01-04"), "2024-01-03", 2),
        (figures("2024-01-01", "2024-02-01", "2024-03-01"), "2024-02-29", 2),
        (figures("2024-01-01", "2024-02-01", "2024-03-01"), "2024-02-28", 1),
    ],
)
def test_what_lay_in_the_past(made: Figures, last: str, kept: int) -> None:
    """The session's own figures are known; those of a month when it is over."""
    cut = _cut(made, pd.Timestamp(last))
    assert cut.published_at is not None
    assert (len(cut.values), len(cut.published_at)) == (kept, kept)
    assert _cut(Figures(made.values), pd.Timestamp(last)).published_at is None


@pytest.mark.parametrize(
    ("dates", "by_month"),
    [
        (["2024-01-01", "2024-02-01"], True),
        (["2024-01-01"], False),
        (["2024-01-01", "2024-02-02"], False),
        (["2024-01-01"] * 2, False),
    ],
)
def test_figures_of_months(dates: list[str], by_month: bool) -> None:
    """All of them dated by the first, and more than one."""
    assert is_by_month(figures(*dates)) == by_month


@pytest.mark.parametrize(("at", "sessions"), [(None, 589), ("2019-06-04", 2), ("2020-03-18", 201)])
def test_a_history_up_to_a_session(small: Path, at: str | None, sessions: int) -> None:
    """All of it, or what lay in the past there, while all figures are kept beside; schedules are known ahead."""
    day = at and datetime.date.fromisoformat(at)
    ground = read_starting_point("small", small, roles=["stocks", "vix", "no_role"], at=day or None)
    assert set(ground.figures) == {"stocks", "vix", "yield_3m"}  # the last is for bills
    assert (str(ground.last_session.date()), len(ground.market.sessions)) == (at or "2021-09-30", sessions)
    assert ground.market.levels["stocks"].index[-1] == ground.figures["stocks"].values.index[-1] == ground.last_session
    assert len(ground.all_figures["stocks"].values) == 589


@pytest.mark.parametrize(("at", "words"), [("2019-06-03", "it covers 2019-06-04 to 2021-09-30"),
    ("2020-03-15", "those beside it are 2020-03-13 and 2020-03-16")])  # fmt: skip
def test_a_day_without_a_session_before_it(small: Path, at: str, words: str) -> None:
    """The first session, or a day that is none."""
    with pytest.raises(ScenarioError, match=f"^{at} is no session of history 'small'; {words}$"):
        read_starting_point("small", small, at=datetime.date.fromisoformat(at))


def test_a_history_that_ends_early_goes_on(small: Path) -> None:
    """Sessions end with the manifest's last day, and what comes after has no such end."""
    history = find_history("small", small)
    until = history.table.model_copy(update={"until": datetime.date(2020, 3, 18)})
    ground = make_starting_point(dataclasses.replace(history, table=until), roles=["stocks"])
    assert str(ground.last_session.date()) == "2020-03-18"
    assert ground.history.table.until is ground.market.history.table.until is None


def test_windows_are_taken_from_what_was_read_before(small: Path) -> None:
    """The same history is read once, without what follows from the rest."""
    ground = source_starting_point("small", small)
    assert source_starting_point("small", small) is ground
    assert {"stocks", "yield_10y"} <= set(ground.all_figures)
