"""New figures of a series: dated and published as those before, by hand."""

import numpy as np
import pandas as pd
import pytest

from backtester.histories.series_inputs import Figures
from backtester.stress.figures import NewSessions, figures_of_path, joined_figures, new_price_index_months

DAYS = pd.bdate_range("2024-01-18", "2024-02-02")  # Thursday to Friday


def stretch(days: pd.DatetimeIndex = DAYS) -> NewSessions:
    """New sessions on these days."""
    return NewSessions(days, np.ones(len(days)), np.zeros(len(days)))


def published(values: list[float], dates: "list[str] | pd.DatetimeIndex", waits: "str | list[str]") -> Figures:
    """Figures, known so long after their dates."""
    index = pd.DatetimeIndex(dates)
    times = index + pd.to_timedelta([waits] * len(index) if isinstance(waits, str) else waits)
    return Figures(pd.Series(values, index), pd.Series(times, index))


def test_what_is_not_published_is_there_at_each_session() -> None:
    """As prices are."""
    before = Figures(pd.Series([5.0], pd.DatetimeIndex(["2024-01-17"])))
    after = figures_of_path(before, np.arange(12.0), stretch(), "16:00")
    assert after.published_at is None
    assert (list(after.values), list(after.values.index)) == (list(range(12)), list(DAYS))


@pytest.mark.parametrize("dates", [["2024-01-16", "2024-01-17"], ["2024-01-17"]])
def test_what_is_published_daily_is_known_at_the_close(dates: list[str]) -> None:
    """Of every new session, at the hour of the close."""
    after = figures_of_path(published([5.0] * len(dates), dates, "20h"), np.arange(12.0), stretch(), "16:00")
    assert after.published_at is not None
    assert list(after.published_at) == [day + pd.Timedelta(hours=16) for day in DAYS]
    assert list(after.values) == list(range(12))


def test_what_is_published_weekly_goes_on_weekly() -> None:
    """Wednesdays' figures, known on Thursday afternoon: 24 and 31 January are the fifth and the tenth new session."""
    before = published([7.0, 8.0, 9.0], ["2024-01-03", "2024-01-10", "2024-01-17"], "40h")
    after = figures_of_path(before, np.arange(1.0, 13.0), stretch(), "16:00")
    assert after.published_at is not None
    assert after.values.to_dict() == {pd.Timestamp("2024-01-24"): 5.0, pd.Timestamp("2024-01-31"): 10.0}
    assert list(after.published_at) == [pd.Timestamp("2024-01-25 16:00"), pd.Timestamp("2024-02-01 16:00")]


def test_a_date_before_the_first_new_session_keeps_the_last_value() -> None:
    """Figures of Saturdays: on the 20th two sessions are over; of the 13th, before the first, the last value stands."""
    before = published([7.0, 8.0], ["2023-12-30", "2024-01-06"], "1h")
    after = figures_of_path(before, np.arange(1.0, 13.0), stretch(), "16:00")
    assert after.published_at is not None
    assert list(after.values) == [8.0, 2.0, 7.0]
    assert after.published_at.iloc[0] == DAYS[0]  # not in the past


def test_the_last_session_has_its_figure() -> None:
    """Figures of Fridays: the last of the twelve new sessions is one."""
    after = figures_of_path(
        published([7.0, 8.0], ["2024-01-05", "2024-01-12"], "1h"), np.arange(1.0, 13.0), stretch(), "16:00"
    )
    assert list(after.values.index) == [pd.Timestamp(day) for day in ("2024-01-19", "2024-01-26", "2024-02-02")]
    assert list(after.values) == [2.0, 7.0, 12.0]


def test_months_of_a_price_index_by_hand() -> None:
    """Prices stand 3% over those of a year ago; the path adds 1 point by the end of January and 2 by that of February.

    They are known as long after as usual: the middle of the last waits.
    """
    months = pd.date_range("2023-01-01", "2023-12-01", freq="MS")
    values = [100.0] * 11 + [103.0]
    before = published([100.0, *values], pd.DatetimeIndex(["2022-12-01"]).append(months), ["40D"] * 6 + ["44D"] * 7)
    moves = np.zeros(12)
    moves[[1, 11]] = 1.0
    after = new_price_index_months(before, moves, stretch())
    assert after.published_at is not None
    assert list(after.values.index) == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-01")]
    assert list(after.values) == pytest.approx([104.0, 105.0])
    assert list(after.published_at) == [date + pd.Timedelta(days=44) for date in after.values.index]


def test_months_without_a_year_before_them_stand_still() -> None:
    """A young index goes on at its last value."""
    before = published([100.0, 101.0], ["2023-11-01", "2023-12-01"], "40D")
    assert list(new_price_index_months(before, np.ones(12), stretch()).values) == [101.0, 101.0]


def test_past_and_path_are_joined() -> None:
    """Values and times of publication, one after the other; without a path the past is all."""
    before, after = published([1.0], ["2024-01-01"], "1D"), published([2.0], ["2024-01-02"], "1D")
    both = joined_figures(before, after)
    assert both.published_at is not None
    assert (list(both.values), len(both.published_at)) == ([1.0, 2.0], 2)
    assert joined_figures(before, None) is before
    assert joined_figures(before, Figures(before.values[:0])) is before
