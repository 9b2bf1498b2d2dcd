"""Weights through time, by hand: each week's last session, on one scale."""

from typing import Any

import numpy as np
import pandas as pd

from backtester.pages.figure import colour
from backtester.pages.names import Named
from backtester.tearsheet.figures.weights import weights_figures, weights_group, weights_legend

NAMES = (Named("base", "Base", "base()", "reference", "", ()), Named("gold", "+ gold", "gold()", "s1", "", ()))
DAYS = pd.bdate_range("2024-01-04", periods=8)  # Thursday, Friday, a week, Monday
DOCUMENT: dict[str, Any] = {"history": {"assets": {"stocks": {"colour": "blue"}}}}
TABLES = {
    "base": pd.DataFrame({"stocks": np.arange(8) / 10, "cash": 1 - np.arange(8) / 10}, DAYS),
    "gold": pd.DataFrame({"stocks": [1.5] * 8, "gold": [-0.004] * 8, "cash": [-0.5] * 8}, DAYS),
}


def test_weights_of_the_weeks() -> None:
    """Friday, Friday and the last session; debts apart, those under half a percent left out."""
    group = weights_group(TABLES, NAMES)
    assert [str(day.date()) for day in group.dates] == ["2024-01-05", "2024-01-12", "2024-01-15"]
    arrays = {name: values.round(9).tolist() for name, values in group.arrays.items()}
    assert arrays == {
        "0.stocks.held": [10.0, 60.0, 70.0],
        "0.cash.held": [90.0, 40.0, 30.0],
        "1.stocks.held": [150.0] * 3,
        "1.cash.owed": [-50.0] * 3,
    }


def test_holdings_and_debts_of_one_asset() -> None:
    """What is held at times and owed at others has both, each nothing where it is the other."""
    table = pd.DataFrame({"gold": [0.2, -0.2], "tiny": [0.2, -0.005]}, DAYS[[1, 6]])
    arrays = weights_group({"base": table}, NAMES[:1]).arrays
    assert arrays["0.gold.held"].tolist() == [20.0, 0.0]
    assert arrays["0.gold.owed"].tolist() == [0.0, -20.0]
    assert "0.tiny.owed" not in arrays
    small = weights_group({"base": table.assign(tiny=[0.005, 0.0])}, NAMES[:1]).arrays
    assert small["0.tiny.held"].tolist() == [0.5, 0.0]


def test_charts_on_one_scale() -> None:
    """From the largest debt to the largest sum of holdings, and a twentieth more on either side."""
    first, second = weights_figures(weights_group(TABLES, NAMES), DOCUMENT, NAMES)
    for chart in (first, second):
        assert chart.layout["yaxis"]["range"] == [-52.5, 157.5]
        assert (chart.height, chart.linked, chart.group) == (210, True, "weights")
        assert (chart.layout["xaxis"]["nticks"], chart.layout["yaxis"]["nticks"]) == (5, 5)
        assert chart.layout["xaxis"]["showgrid"] is False
        assert chart.layout["margin"] == {"l": 40, "r": 6, "t": 4, "b": 24}
    assert [one["meta"] for one in second.traces] == ["stocks", "cash"]
    area = second.traces[0]
    assert area["line"] == {"width": 0, "color": colour("blue"), "shape": "hv"}
    assert [one["stackgroup"] for one in second.traces] == ["held", "owed"]
    lone = weights_figures(weights_group(TABLES, NAMES[:1]), DOCUMENT, NAMES[:1])
    assert lone[0].layout["yaxis"]["range"] == [0.0, 105.0]


def test_one_legend_cash_last() -> None:
    """Each asset that any chart has, once."""
    entries = weights_legend(weights_group(TABLES, NAMES), DOCUMENT)
    assert [(entry.meta, entry.text, entry.area) for entry in entries] == [
        ("stocks", "Stocks", True),
        ("cash", "Cash (below zero: borrowed)", True),
    ]
