"""Levels of a history's series on its sessions: bills by rate and by index, what is carried, and what is missing."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.kinds import as_series
from backtester.histories.levels import (
    HistoryInputs,
    asset_levels,
    future_calendar,
    observables,
    refuse_late_start,
    schedule_columns,
)
from backtester.histories.manifest import History
from backtester.histories.manifest_schema import HistoryTable
from backtester.histories.rhythm import RHYTHMS
from backtester.histories.series_inputs import Figures
from builders import WORDS

DAYS = pd.bdate_range("2024-01-01", periods=30)
NAN = float("nan")


def inputs(sessions: pd.DatetimeIndex = DAYS, **series: tuple[dict[str, Any], list[float]]) -> HistoryInputs:
    """A history of these series with figures at each session, but where they are NaN."""
    made = {
        role: as_series((keys if keys["kind"] == "bills" else {"file": "f", "column": role} | keys) | WORDS)
        for role, (keys, _) in series.items()
    }
    given = {
        role: Figures(pd.Series(values, sessions, dtype=float).dropna())
        for role, (keys, values) in series.items()
        if keys["kind"] != "bills"
    }
    return HistoryInputs(History("made", Path("made"), HistoryTable(title="T", series=made, files={})), given, sessions)


FUND = {"kind": "total_return"}


def test_without_bills_they_return_nothing_known() -> None:
    """NaN on every session."""
    assert np.isnan(inputs(stocks=(FUND, [1.0] * 30)).bill_returns).tolist() == [True] * 30


def test_bills_by_their_rate() -> None:
    """3.65% a year is a basis point a day, three over a weekend, at the rate of the session before."""
    rate = {"kind": "rate"}
    made = inputs(
        stocks=(FUND, [1.0] * 30), y=(rate, [3.65] * 28 + [7.3] * 2), bills=({"kind": "bills", "yield": "y"}, [])
    )
    returns = made.bill_returns
    assert returns[:6].tolist() == pytest.approx([0, 1e-4, 1e-4, 1e-4, 1e-4, 3e-4], rel=0.02)
    assert (made.bill_rates[0], made.bill_rates[-1]) == pytest.approx((0.0365, 0.073))
    assert made.days[:6].tolist() == [0, 1, 1, 1, 1, 3]


def test_bills_by_an_index_of_them() -> None:
    """Their returns from its first level on; their rate is that of the 21 sessions before, over their calendar days."""
    index = [NAN, NAN, *(1.001 ** np.arange(28)).tolist()]
    made = inputs(stocks=(FUND, [1.0] * 30), bills=({"kind": "total_return", "file": "f", "column": "bills"}, index))
    assert made.bill_returns[2:].tolist() == pytest.approx([0.0, *[0.001] * 27])
    assert np.isnan(made.bill_returns[:2]).all()
    assert np.isnan(made.bill_rates[:23]).all()
    assert made.bill_rates[23] == pytest.approx((1.001**21 - 1) * 365 / 29)
    assert made.bill_rates[24] == pytest.approx((1.001**21 - 1) * 365 / 29)
    months = pd.date_range("2020-01-31", periods=12, freq="ME")
    slow = inputs(months, stocks=(FUND, [1.0] * 12), bills=({"kind": "total_return"}, (1.01 ** np.arange(12)).tolist()))
    assert slow.bill_rates[1:3].tolist() == pytest.approx([0.01 * 365 / 29, 0.01 * 365 / 31])


def test_what_is_carried_is_counted() -> None:
    """A price stands for a session that has none; a level is worked out once."""
    made = inputs(stocks=(FUND, [1.0, 2.0, NAN, 3.0, *[3.0] * 26]), gold=(FUND, [NAN, 1.0, *[2.0] * 28]))
    levels, carried = asset_levels(made)
    assert carried == {"stocks": 1, "gold": 0}
    assert levels["stocks"][:4].tolist() == [1, 2, 2, 3]
    assert made.level("stocks") is levels["stocks"]
    assert made.quoted("stocks", used_by="x") is made.quoted("stocks", used_by="y")


def test_what_is_missing_is_refused_with_its_first_date() -> None:
    """Of two sessions the first; of none nothing."""
    made, missing = inputs(stocks=(FUND, [1.0] * 30)), np.zeros(30, bool)
    made.refuse_missing("stocks", "price", missing)
    missing[[3, 7]] = True
    with pytest.raises(DataError) as caught:
        made.refuse_missing("stocks", "price", missing)
    assert str(caught.value) == (
        "history 'made', series 'stocks': there is no price on 2024-01-04; bring its figures up to date, or end the "
        "history before with until"
    )


@pytest.mark.parametrize(("kind", "begins", "is_refused"), [
    ("price", 29, False), ("price", 30, True), ("level", 30, False),
])  # fmt: skip
def test_an_asset_that_begins_after_the_end(kind: str, begins: int, is_refused: bool) -> None:
    """On the last session it is still there; what can only be looked at may come later."""
    made = inputs(stocks=(FUND, [1.0] * 30), gold=({"kind": kind}, [1.0] * 30))
    day = pd.bdate_range(DAYS[0], periods=31)[begins]
    made = replace(made, figures_by_role=dict(made.figures_by_role) | {"gold": Figures(pd.Series([1.0], [day]))})
    if is_refused:
        with pytest.raises(DataError, match="first value, on 2024-02-12, is after the last session, 2024-02-09; the"):
            refuse_late_start(made)
    else:
        refuse_late_start(made)


@pytest.mark.parametrize(
    ("calendar", "rhythm", "name"),
    [(None, "daily", None), (None, "every day", "every day"), ("XNYS", "daily", "XNYS"), ("XNYS", "monthly", None),
     (None, "weekly", None)],
)  # fmt: skip
def test_by_what_rules_sessions_follow(calendar: str | None, rhythm: str, name: str | None) -> None:
    """Those of the calendar that is named, or every day; none where sessions are no days."""
    history = cast(History, SimpleNamespace(table=SimpleNamespace(calendar=calendar)))
    assert future_calendar(history, RHYTHMS[rhythm]) == name


def test_what_can_be_looked_at_is_known_when_it_was_published() -> None:
    """A level a session late, NaN before; assets are not among them, and without schedules there are no columns."""
    late = {"kind": "level", "lag_sessions": 1}
    made = inputs(stocks=(FUND, [1.0] * 30), vix=(late, np.arange(1.0, 31.0).tolist()))
    seen = observables(made)
    assert list(seen) == ["vix"]
    assert seen["vix"].tolist()[1:] == np.arange(1.0, 30.0).tolist()
    assert np.isnan(seen["vix"].iloc[0])
    assert schedule_columns(made, "XNYS").shape == (30, 0)
    assert made.figures("vix") is made.figures_by_role["vix"]
    assert made.kind_of("vix") == "level"
