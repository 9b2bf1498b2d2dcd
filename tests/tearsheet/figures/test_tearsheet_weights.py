"""Weights and returns as the page shows them, by hand: cash beside futures, means from the first trade on, tones."""

import dataclasses

import pandas as pd
import pytest

from backtester.runs.folder import RunFolder
from backtester.tearsheet.figures.weights import weights_by_strategy, weights_group
from backtester.tearsheet.names import named_strategies
from backtester.tearsheet.parts.chart_tables import weights_table
from backtester.tearsheet.parts.windows import return_cells
from documents import document, strategy

FIELDS = [field.name for field in dataclasses.fields(RunFolder)]
DATES = pd.bdate_range("2024-01-01", periods=4)
MADE = document(strategy("gold"))
NAMES = named_strategies(MADE)


def long(name: str, **weights: list[float]) -> pd.DataFrame:
    parts = [{"date": DATES, "strategy": name, "asset": role, "weight": own} for role, own in weights.items()]
    return pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)


def of(weights: pd.DataFrame, sources: dict[str, dict[str, bool]]) -> RunFolder:
    """A run's folder of those weights."""
    return RunFolder(**dict.fromkeys(FIELDS) | {"document": MADE, "manifest": {"sources": sources}, "weights": weights})


def test_a_future_uses_no_cash() -> None:
    """60% stocks and a future of 30%: cash is 40%, and 10% where the same is funded."""
    held = long(NAMES[0].name, stocks=[0.6] * 4, gold=[0.3] * 4)
    for funded, cash in ((False, 0.4), (True, 0.1)):
        sources = {"stocks": {}, "gold": {"funded": funded}}
        table = weights_by_strategy(of(held, sources), NAMES[:1])[NAMES[0].name]
        assert table["cash"].tolist() == pytest.approx([cash] * 4)


def test_means_begin_with_the_first_trade() -> None:
    """All cash for two sessions, then 50% and 70%: a mean of 60%, a low of 50%."""
    tables = weights_by_strategy(of(long(NAMES[0].name, stocks=[0.0, 0.0, 0.5, 0.7]), {}), NAMES[:1])
    stocks, cash = weights_table(tables, MADE, NAMES[:1]).rows[0].cells
    assert stocks.values == pytest.approx((0.6, 0.5, 0.7))
    assert cash.values == pytest.approx((0.4, 0.3, 0.5))


def test_who_lost_less_has_the_tone_of_a_gain() -> None:
    """Five points better than the reference is a gain, five worse a loss; the reference has no tone."""
    names = [named.name for named in NAMES]
    for own, tone in ((-0.02, "gain t3"), (-0.12, "loss t3"), (-0.07, "")):
        window = {"pair": -0.07, "stocks": -0.1, "bonds": -0.01, "assets": {}, "strategies": {names[0]: -0.07}}
        window["strategies"] |= {names[1]: own}
        *_, reference, strategy_cell = return_cells(window, (), NAMES)
        assert (reference.tone, strategy_cell.tone) == ("", tone)


def test_what_is_never_held_is_not_drawn() -> None:
    """A strategy that owes cash throughout has no area of cash above zero, one that is all in stocks none of cash."""
    own = pd.DataFrame({"stocks": [1.2] * 4, "cash": [-0.2] * 4}, DATES)
    group = weights_group({NAMES[0].name: own, NAMES[1].name: own.assign(stocks=1.0, cash=0.0)}, NAMES)
    assert list(group.arrays) == ["0.stocks.held", "0.cash.owed", "1.stocks.held"]
