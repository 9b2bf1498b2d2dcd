"""The charts' numbers as tables, by hand."""

from typing import Any

import pandas as pd

from backtester.tearsheet.names import named_strategies
from backtester.tearsheet.parts.chart_tables import growth_table, lines_table, weights_table
from documents import document, strategy

MADE = document(strategy("gold"))
NAMES = named_strategies(MADE)
DAYS = pd.bdate_range("2024-01-01", periods=3)


def test_where_the_curves_end() -> None:
    """The value to two decimals, the deepest drawdown to one, and its dates."""
    made = document(strategy("gold"))
    own: dict[str, Any] = {"final_nav": 2.3456, "max_drawdown": -0.12345}
    own |= {"max_drawdown_peak": "2020-02-19", "max_drawdown_trough": "2020-03-18"}
    for one in made["strategies"]:
        one["measures"] |= own
    row = growth_table(made, NAMES).rows[1]
    assert [cell.text for cell in row.cells][:2] == ["2.35", "−12.3"]
    assert [cell.values for cell in row.cells][2:] == [("2020-02-19",), ("2020-03-18",)]


def test_weights_without_decimals() -> None:
    """The mean and the range of each asset, cash last; what a strategy never holds is nothing."""
    tables = {
        NAMES[0].name: pd.DataFrame({"stocks": [0.5, 0.601, 0.7], "cash": [0.5, 0.399, 0.3]}, DAYS),
        NAMES[1].name: pd.DataFrame({"gold": [1.0] * 3, "cash": [0.0] * 3}, DAYS),
    }
    table = weights_table(tables, MADE, NAMES)
    assert [head.text for head in table.heads] == ["Stocks", "Gold", "Cash"]
    assert [cell.text for cell in table.rows[0].cells] == ["60 (50 to 70)", "0", "40 (30 to 50)"]
    assert [cell.values for cell in table.rows[1].cells] == [(0.0,) * 3, (1.0,) * 3, (0.0,) * 3]


def test_lines_of_profit_and_loss() -> None:
    """Each asset, interest and charges to two decimals, then their sum; an asset that one does not hold is nothing."""
    made = document(strategy("gold"))
    lines = {"interest": 0.012, "financing": 0.001, "costs": 0.00051, "fees": 0.0, "total": 0.05}
    made["strategies"][0]["lines"] = lines | {"assets": {"stocks": 0.045678}}
    made["strategies"][1]["lines"] = lines | {"assets": {"stocks": 0.04, "gold": 0.01}}
    first, second = lines_table(made, NAMES).rows
    assert [cell.text for cell in first.cells] == ["4.57", "0.00", "1.20", "0.10", "0.05", "0.00", "5.00"]
    assert [cell.text for cell in second.cells][:2] == ["4.00", "1.00"]
    assert first.cells[-1].tone == "sum"


def test_the_range_of_weights_begins_with_the_first_trade() -> None:
    """Before it all is cash; who never trades has that throughout."""
    stocks = pd.DataFrame({"stocks": [0.0, -0.5, 0.0], "cash": [1.0, 1.5, 1.0]}, DAYS)
    tables = {NAMES[0].name: stocks, NAMES[1].name: stocks.assign(stocks=0.0, cash=1.0)}
    first, second = weights_table(tables, MADE, NAMES).rows
    assert [cell.values for cell in first.cells] == [(-0.25, -0.5, 0.0), (1.25, 1.0, 1.5)]
    assert [cell.values for cell in second.cells] == [(0.0,) * 3, (1.0,) * 3]


def test_no_weight_of_an_asset_that_a_strategy_lacks() -> None:
    """Nothing earned, to two decimals, and the sum of what was."""
    made = document(strategy("gold"))
    lines = dict.fromkeys(("interest", "financing", "costs", "fees"), 0.0) | {"total": 0.012345}
    for one, assets in zip(made["strategies"], ({}, {"gold": 0.012345}), strict=True):
        one["lines"] = lines | {"assets": assets}
    first, second = lines_table(made, NAMES).rows
    assert [row.cells[0].text for row in (first, second)] == ["0.00", "1.23"]
    assert second.cells[-1].text == "1.23"
