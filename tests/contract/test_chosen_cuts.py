"""Where histories are cut, by hand."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.contract.cuts import _highest, _spread, choose_cuts, cuts_at_moves
from backtester.histories.market import Market


def market(sessions: int, moves: "list[float] | None" = None, week: int = 5, start: str = "2024-01-01") -> Market:
    """A market on weekdays whose stocks move so."""
    days = pd.bdate_range(start, periods=sessions)
    ends = pd.Series(days.to_period("M") != (days + pd.offsets.BDay(1)).to_period("M"), days)
    levels = pd.DataFrame({"stocks": np.cumprod(1 + np.array(moves or [0.0] * sessions))}, days)
    rhythm = SimpleNamespace(sessions_in=lambda period: {"week": week}[period])
    return cast(
        "Market",
        SimpleNamespace(sessions=days, calendar=pd.DataFrame({"month": ends}), levels=levels, rhythm=rhythm),
    )


@pytest.mark.parametrize(
    ("places", "count", "spread"),
    [(10, 10, list(range(10))), (10, 2, [2, 7]), (10, 3, [1, 5, 8]), (3, 5, [0, 1, 2]), (8, 4, [1, 3, 5, 7])],
)
def test_places_are_spread(places: int, count: int, spread: list[int]) -> None:
    """In the middle of so many parts; all of them where there are no more."""
    assert _spread(np.arange(places), count).tolist() == spread


def test_the_highest_values() -> None:
    """The largest first, of equals the earlier; none that is not above zero."""
    assert _highest(np.array([1.0, 3.0, 0.0, 3.0, -1.0]), 2).tolist() == [1, 3]
    assert _highest(np.array([1.0, 3.0, 0.0, 3.0, -1.0]), 9).tolist() == [1, 3, 0]


def test_a_short_history_is_cut_everywhere() -> None:
    """After at least two sessions, and before the last."""
    assert choose_cuts(market(20), 48).tolist() == list(range(2, 20))
    assert choose_cuts(market(3), 48).tolist() == [2]
    assert choose_cuts(market(2), 48).tolist() == []
    assert choose_cuts(market(9, start="2024-01-03"), 48).tolist() == list(range(2, 9)), "it begins on a Wednesday"
    assert choose_cuts(market(20), 2).tolist() == [6, 15]


def test_cuts_of_a_long_history() -> None:
    """Of 48 a quarter each lies in the warm-up, after month-ends and after Wednesdays; none after the last session."""
    made = market(1000)
    cuts = choose_cuts(made, 48)
    assert len(cuts) == 48
    assert (cuts[0], cuts[-1] < 1000) == (2, True)
    assert {2, 3, 4, 7, 12, 19, 30, 48, 76, 120, 190, 300} <= set(cuts)  # 2 * 150 ** (place / 11)
    ends = np.flatnonzero(made.calendar["month"].to_numpy()) + 1
    wednesdays = np.flatnonzero(made.sessions.day_of_week == 2) + 1
    for places in (ends, wednesdays):
        assert {places[int((part + 0.5) * len(places) / 12)] for part in range(12)} <= set(cuts)


def test_cuts_before_what_pays() -> None:
    """The weight that is raised five sessions before a jump pays most, that of session 30 is moved most.

    Cuts come after the first and the last two moves and those; the last session has no cut behind it.
    """
    moves = [0.0] * 60
    moves[25] = 0.5
    weights = np.zeros(60)
    for place, size in ((10, 0.2), (20, 0.4), (30, 0.9), (40, 0.1), (50, 0.2), (59, 0.05)):
        weights[place:] += size
    made = market(60, moves)
    frame = pd.DataFrame({"stocks": weights}, made.sessions)
    assert cuts_at_moves(frame, made, 1).tolist() == [11, 21, 31, 51]
    assert cuts_at_moves(frame, made, 2).tolist() == [11, 21, 31, 51]
    assert cuts_at_moves(frame, made, 0).tolist() == [11, 51]
    assert cuts_at_moves(frame * 0, made, 3).tolist() == []
    assert cuts_at_moves(pd.DataFrame({"stocks": [0.0, 1, 2, 3]}, market(4).sessions), market(4), 0).tolist() == [2, 3]


@pytest.mark.parametrize("week", [0, 1])
def test_what_pays_in_the_next_session_where_a_week_has_none(week: int) -> None:
    """In a monthly history the month after counts: the third of six raises pays, and not that before it."""
    made = market(12, [0.0] * 6 + [0.5] + [0.0] * 5, week=week)
    weights = pd.DataFrame({"stocks": [0.0, 0, 1, 2, 3, 4, 5, 6, 7, 7, 7, 7]}, made.sessions)
    assert cuts_at_moves(weights, made, 1).tolist() == [3, 6, 8, 9]
