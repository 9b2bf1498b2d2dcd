"""The run that everybody makes first, `backtester run`, on the embedded history: what it must find there."""

import numpy as np
import pandas as pd
import pytest

from backtester.engine.costs import NO_COSTS
from backtester.engine.evaluate import Execution
from backtester.histories.market import Market
from backtester.runs.document.values import Json
from backtester.runs.document.whole import document
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings


@pytest.fixture(scope="module")
def told() -> Json:
    return document(carry_out(RunSettings()))


def test_finds_21_joint_sell_offs(told: Json) -> None:
    """21 windows, among them March 2020, five beginning December 2021 to December 2022, and April 2025."""
    spans = [(one["start"], one["end"]) for one in told["joint_sell_offs"]]
    assert len(spans) == 21
    assert ("2020-03-04", "2020-03-18") in spans
    assert ("2025-04-01", "2025-04-08") in spans
    assert len([start for start, _ in spans if "2021-12-01" <= start <= "2022-12-31"]) == 5
    assert all(strategy["scorecard"]["joint_sell_offs"] == 21 for strategy in told["strategies"][1:])


def test_counts_at_other_thresholds_stand_beside(told: Json) -> None:
    """42 windows at -3% and -0.5%, 19 at -5% and -1%, 17 at -5% and -2%: how much hangs on the choice."""
    assert told["joint_sell_off_counts"] == [
        {"stocks": -0.03, "bonds": -0.005, "count": 42},
        {"stocks": -0.05, "bonds": -0.01, "count": 19},
        {"stocks": -0.05, "bonds": -0.02, "count": 17},
    ]


def test_drawdowns_of_the_pair_are_told_by_kind(told: Json) -> None:
    """2007-09 was hedged, 2021-22 joint."""
    kinds = {(fall["peak"], fall["trough"]): fall["kind"] for fall in told["drawdowns"]}
    assert kinds["2007-12-10", "2009-03-09"] == "hedged"
    assert kinds["2021-12-27", "2022-10-14"] == "joint"


def test_built_ins_know_only_the_past(told: Json) -> None:
    """None of the default recipes breaks a rule."""
    assert len(told["strategies"]) == 6
    assert all(strategy["causal"] and strategy["findings"] == [] for strategy in told["strategies"])


def test_crises_then_and_now_are_covered(told: Json) -> None:
    """Every embedded crisis is covered, those before 2007 by small histories without strategies."""
    assert all(crisis["covered"] for crisis in told["crises"])
    for crisis in told["crises"]:
        assert (crisis["strategies"] is None) == (crisis["start"] < "2007")


def test_calendar_years_of_60_40(us: Market) -> None:
    """Without costs or band each year is that of a loop over months in pandas: decided at the month-end, traded at the
    next close."""
    execution = Execution(costs=NO_COSTS, band=float("inf"))
    years = document(carry_out(RunSettings(recipes=("sixty_forty",), execution=execution)))["strategies"][0]
    legs = us.levels[["stocks", "bonds"]]
    month_ends = legs.groupby(legs.index.to_period("M")).tail(1).index
    places = sorted({0, *(legs.index.get_loc(day) for day in month_ends)})
    trades = [place + 1 for place in places if place + 2 < len(legs)]
    nav = pd.Series(np.nan, legs.index)
    nav.iloc[0], nav.iloc[1] = 1.0, 1.0 + us.bill_returns[1]
    for start, end in zip(trades, [*trades[1:], len(legs) - 1], strict=True):
        growth = legs.iloc[start : end + 1] / legs.iloc[start]
        nav.iloc[start : end + 1] = nav.iloc[start] * (0.6 * growth["stocks"] + 0.4 * growth["bonds"])
    closes = pd.concat([nav.iloc[:1], nav.groupby(nav.index.year).last()])
    by_hand = (closes / closes.shift(1) - 1).iloc[1:]
    assert len(by_hand) == 20
    for year, value in by_hand.items():
        assert years["calendar_years"][str(year)] == pytest.approx(value, abs=0.0002)
        assert years["calendar_years"][str(year)] == pytest.approx(value, abs=1e-12)
