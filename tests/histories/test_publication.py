"""Nothing is seen before it was published: the observables of `us` against the calendar of their releases."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.histories.kinds.annual_change import annual_changes
from backtester.histories.manifest import find_history
from backtester.histories.market import Market, load_market
from backtester.histories.series_inputs import Figures
from backtester.histories.store import read_figures
from builders import known_of
from folders import fact

US = find_history("us")
OBSERVABLES = [role for role, one in US.series.items() if one.is_observable and len(one.computed_from) < 2]
FIGURES = read_figures(US, list(US.series))
MARKET = load_market("us")
SESSIONS = MARKET.sessions


def last_known(figures: Figures, place: int, *, lag: int) -> Figures:
    """The figures that were public at a session's close, looked at one by one."""
    close = SESSIONS[place] + pd.Timedelta(hours=16)
    if figures.published_at is not None:
        public = (figures.published_at <= close).to_numpy()
        return Figures(figures.values[public], figures.published_at[public])
    since = place - SESSIONS.searchsorted(figures.values.index)  # sessions from the first on or after the date to now
    return Figures(figures.values[since >= lag])


@given(role=st.sampled_from(OBSERVABLES), place=st.integers(0, len(SESSIONS) - 1))
def test_what_is_seen_does_not_depend_on_what_comes(role: str, place: int) -> None:
    """For every observable and session: with only what was public at its close, the same value is seen there."""
    series = US.series[role]
    lag = getattr(series, "lag_sessions", 0)
    told = last_known(FIGURES[US.price_source(role)], place, lag=lag)
    if series.kind == "annual_change":
        changes = annual_changes(told.values)
        told = Figures(changes, None if told.published_at is None else told.published_at[changes.index])
    seen = MARKET.observables[role].iloc[place]
    if len(told.values) == 0:
        assert np.isnan(seen)
        return
    assert told.values.iloc[-1] == seen
    alone = known_of(told, SESSIONS, lag_sessions=lag).iloc[place]
    assert alone == seen


def seen(market: Market, role: str, date: str) -> float:
    """What was known of an observable at a session's close."""
    return float(market.observables[role][date])


@pytest.mark.parametrize(
    ("dated", "known", "still_before"),
    [
        ("2020-03-18", "2020-03-20", "2020-03-19"),  # Wednesday; published Thursday 16:30; Friday
        ("2024-11-27", "2024-12-02", "2024-11-29"),  # before Thanksgiving: published Friday 16:30, known Monday
        ("2021-11-10", "2021-11-15", "2021-11-12"),  # Veterans Day: the exchange was open, the Board was not
        ("2024-07-03", "2024-07-08", "2024-07-05"),  # Independence Day on a Thursday
        ("2024-12-25", "2024-12-27", "2024-12-26"),  # Christmas on the Wednesday itself holds nothing up
        ("2025-12-24", "2025-12-30", "2025-12-29"),  # offices closed by order on the Friday: released Monday 29th
    ],
)
def test_the_balance_sheet_is_known_a_session_after_its_release(
    us: Market, dated: str, known: str, still_before: str
) -> None:
    """A Wednesday's balance sheet is seen at Friday's close, later when a holiday holds the release up."""
    values = fact("WALCL")
    assert values[dated] != values[:dated].iloc[-2]
    assert seen(us, "fed_assets", known) == values[dated]
    assert seen(us, "fed_assets", still_before) == values[:dated].iloc[-2]


def test_the_balance_sheet_is_never_known_before_friday(us: Market) -> None:
    """No Wednesday's figure is seen on that Wednesday or on the Thursday after it."""
    values = fact("WALCL")
    for session in us.sessions[us.sessions.day_of_week.isin([2, 3])]:
        assert us.observables["fed_assets"][session] == values[: session - pd.Timedelta(days=2)].iloc[-1]


@pytest.mark.parametrize(
    ("month", "known", "still_before"),
    [
        ("2025-09-01", "2025-10-24", "2025-10-23"),  # held up by the shutdown
        ("2025-11-01", "2025-12-18", "2025-12-17"),  # the next one; October was never published
        ("2013-09-01", "2013-10-30", "2013-10-29"),  # held up by the shutdown of 2013
        ("2015-01-01", "2015-02-26", "2015-02-25"),  # later than the 22nd without one
        ("2015-02-01", "2015-03-24", "2015-03-23"),
        ("2014-06-01", "2014-07-22", "2014-07-21"),  # on the 22nd itself
        ("2024-01-01", "2024-02-22", "2024-02-21"),  # published on 13 February; the 22nd stands for all
    ],
)
def test_consumer_prices_are_known_from_their_release(us: Market, month: str, known: str, still_before: str) -> None:
    """A month's index is seen from the release on, and until then the last one that was published."""
    values = fact("CPIAUCSL")
    assert values[month] != values[:month].iloc[-2]
    assert seen(us, "cpi", known) == values[month]
    assert seen(us, "cpi", still_before) == values[:month].iloc[-2]


def test_october_2025_was_never_published(us: Market) -> None:
    """Between the releases of 24 October and 18 December 2025 nothing new is seen: September's index stands."""
    values = fact("CPIAUCSL")
    assert pd.Timestamp("2025-10-01") not in values.index
    assert set(us.observables["cpi"]["2025-10-24":"2025-12-17"]) == {values["2025-09-01"]}


def test_inflation_goes_by_month_and_not_by_row(us: Market) -> None:
    """On 18 December 2025 inflation is November 2025 over November 2024, although October is missing between them."""
    values = fact("CPIAUCSL")
    november = 100 * (values["2025-11-01"] / values["2024-11-01"] - 1)
    assert abs(seen(us, "inflation", "2025-12-18") - november) < 1e-12
    september = 100 * (values["2025-09-01"] / values["2024-09-01"] - 1)
    assert abs(seen(us, "inflation", "2025-12-17") - september) < 1e-12


@pytest.mark.parametrize(("role", "name"), [("yield_10y", "DGS10"), ("yield_30y", "DGS30"), ("yield_3m", "DGS3MO")])
def test_a_yield_is_known_a_session_later(us: Market, role: str, name: str) -> None:
    """H.15 is published after the close: a session sees the yield of the session before, or of the last before that."""
    values = fact(name)
    for place in range(1, len(us.sessions), 97):
        assert us.observables[role].iloc[place] == values[: us.sessions[place - 1]].iloc[-1]
    assert np.isnan(us.observables[role].iloc[0]) or us.observables[role].iloc[0] == values["2007-01-02"]


def test_the_target_is_known_on_the_dates_of_its_list(us: Market) -> None:
    """The cut of Sunday 15 March 2020 is seen on Monday, that of 3 March on the day it took effect, the 4th."""
    assert seen(us, "fed_target", "2020-03-03") == 1.75
    assert seen(us, "fed_target", "2020-03-04") == 1.25
    assert seen(us, "fed_target", "2020-03-13") == 1.25
    assert seen(us, "fed_target", "2020-03-16") == 0.25


def test_the_vix_of_a_holiday_counts_at_the_next_session(us: Market) -> None:
    """The VIX is known at its own close; a value of a day without a session gives way to the session's own."""
    values = fact("VIXCLS")
    held = [date for date in values.index if date not in us.sessions and date < us.sessions[-1]]
    assert len(held) > 20
    own = values.reindex(us.sessions)
    np.testing.assert_array_equal(us.observables["vix"][own.notna()], own.dropna())


def test_repo_rates_start_in_2018(us: Market) -> None:
    """SOFR starts on 2018-04-03 and is known a session later; before that there is nothing, not the first value."""
    assert us.observables["sofr"][:"2018-04-03"].isna().all()
    assert seen(us, "sofr", "2018-04-04") == fact("SOFR")["2018-04-03"]
