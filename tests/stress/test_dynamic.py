"""The market of drawn sessions, and strategies that are carried out on it, by hand."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.sell_offs_kernel import Rule
from backtester.histories.kinds import as_series
from backtester.histories.manifest import History
from backtester.histories.manifest_schema import HistoryTable
from backtester.stress import dynamic
from backtester.stress.dynamic import drawn_market, dynamic_paths
from backtester.stress.frequency import PathSource
from backtester.stress.path_results import PathPlan
from backtester.stress.tilt import BlockSource
from builders import WORDS, made_market

NAN = float("nan")
COUNT = 510  # six sessions more than two years


def source() -> PathSource:
    """Stocks and bonds that gain a tenth of a percent or lose it, bills, and an observable of each kind."""
    turns = np.resize([0.001, -0.001], COUNT - 1)
    levels = np.cumprod(np.append(1.0, 1 + turns)).tolist()
    steps = np.arange(COUNT, dtype=float)
    observed = {
        "yield_10y": 2 + steps / 100,
        "vix": 10 + steps,
        "assets": 2.0 ** (steps % 8),
        "fed": steps**2 / 100,
    }
    observed["assets"][4] = observed["fed"][4] = NAN
    market = made_market(
        {"stocks": levels, "bonds": levels}, bills=[0.0, *[0.0001] * (COUNT - 1)],
        observables={name: list(values) for name, values in observed.items()},
    )  # fmt: skip
    kinds = {"yield_10y": "yield", "vix": "level", "assets": "level", "fed": "rate"}
    series = dict(market.history.series) | {
        role: as_series(
            {"kind": kind, "file": "f", "column": role, **WORDS} | ({"known": "k"} if role == "assets" else {})
        )
        for role, kind in kinds.items()
    }
    market = replace(market, history=History("made", Path("made"), HistoryTable(title="T", series=series, files={})))
    moves = np.column_stack([turns, turns, turns])
    blocks = BlockSource(moves, np.zeros((0, 2), np.int64), 63, Rule(-0.05, -0.005))
    bills, days = np.full(COUNT - 1, 0.0002), np.arange(1.0, COUNT)
    return PathSource(market, moves[:, :2], bills, days, blocks, ("stocks", "bonds"))


def test_a_drawn_market_by_hand() -> None:
    """The last 504 sessions, and then what assets returned in the drawn ones; yields and VIX as they stood at their
    closes; what is published in levels, and rates, by as much as they changed then, if that is known."""
    made = source()
    market = drawn_market(made, np.array([3, 10, 7]))
    past = made.market
    assert len(market.sessions) == 507
    assert market.sessions[:504].equals(past.sessions[6:])
    assert [str(day.date()) for day in market.sessions[504:]] == ["2025-12-15", "2025-12-16", "2025-12-17"]
    grown = past.levels["stocks"].iloc[-1] * np.cumprod([0.999, 1.001, 0.999])
    assert market.levels["stocks"].iloc[-3:].tolist() == pytest.approx(grown.tolist())
    assert market.levels["bills"].iloc[-3:].tolist() == pytest.approx(
        (past.levels["bills"].iloc[-1] * 1.0002 ** np.arange(1, 4)).tolist()
    )
    assert market.levels.iloc[:504].equals(past.levels.iloc[6:])
    tails = {role: market.observables[role].iloc[-4:].tolist() for role in market.observables}
    assert tails["yield_10y"] == pytest.approx([2 + 5.09, 2.04, 2.11, 2.08])
    assert tails["vix"] == [519, 14, 21, 18]
    assert tails["assets"] == pytest.approx([32, 32, 64, 0.5])
    fed = 509**2 / 100
    assert tails["fed"] == pytest.approx([fed, fed, fed + 0.21, fed + 0.21 + 0.15])
    assert market.bill_returns[-4:].tolist() == pytest.approx([0.0001, 0.0002, 0.0002, 0.0002])
    assert market.days[-3:].tolist() == [4, 11, 8]
    assert len(market.calendar) == len(market.days) == 507


def test_a_short_history_comes_first_as_it_is() -> None:
    """Of less than two years all."""
    made = source()
    short = replace(made, market=made.market.since(400))
    assert len(drawn_market(short, np.array([0])).sessions) == 111


def test_paths_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each path by the plan's seed and its number, each recipe on each: from 1 at the close before the path."""
    made = source()
    plan = PathPlan(paths=2, years=1, seed=7, spend=0.5)
    monkeypatch.setattr(dynamic, "draw_path_rows", lambda sums, block, count, seed: (sums.tolist(), block, count, seed))
    monkeypatch.setattr(dynamic, "drawn_market", lambda source, rows: rows[3])
    monkeypatch.setattr(dynamic, "measure_period", lambda market, pair_settings: ("period", market, pair_settings))
    monkeypatch.setattr(dynamic, "count_windows", lambda blocks, rows: 10 + rows[3][1])

    def evaluate(recipe: float, market: tuple[int, int], execution: str) -> Any:
        assert execution == "execution"
        nav = np.append([9.0, 2.0], np.full(252, 2.0))
        nav[100:] = 2 * recipe * (1 + market[1])
        nav[50] = 1.0
        return SimpleNamespace(accounts=SimpleNamespace(nav=pd.Series(nav)), recipe=recipe)

    def mix_nav(run: Any, shares: np.ndarray, period: tuple[Any, ...], count: int) -> np.ndarray:
        assert (period[0], period[2], count) == ("period", "lenses", 252)
        return np.append(np.ones(252), 1.5 * shares[0])

    monkeypatch.setattr(dynamic, "evaluate", evaluate)
    monkeypatch.setattr(dynamic, "mix_nav", mix_nav)
    recipes, trading = cast("Any", [1.5, 3.0]), cast("Any", ("execution", "lenses"))
    results = dynamic_paths(made, recipes, trading, np.array([[1.0, 0], [2.0, 0]]), np.array([0.25, 0.75]), plan)
    assert results.wealth.tolist() == [[1.5, 3.0], [3.0, 6.0]]
    assert results.falls.tolist() == [[-0.5, -0.5], [-0.5, -0.5]]
    assert results.growth == pytest.approx(np.log([[1.0, 1.0], [2.0, 2.0]]))
    assert results.unpaid.tolist() == [[0, 0], [0, 0]]
    assert results.windows.tolist() == [10, 11]
