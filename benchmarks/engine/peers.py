"""The peers: vectorbt with either of its engines, bt and qis, each used as its own documentation does.

`framed` and `tiled` make what they take, which is not timed. bt's and qis's statistics and pages are not made.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from backtester.arrays import Array
from benchmarks.engine.work import Work

CAPITAL = 1e6  # what they start with; bt stops looking for a quantity at an absolute 1e-8


def tiled(work: Work) -> dict[str, Any]:
    """Prices and sizes with a column a book and asset, sizes NaN where nothing is traded."""
    books, _, assets = work.targets.shape
    sizes = np.full((len(work.days), books * assets), np.nan)
    sizes[work.trades] = np.moveaxis(work.traded, 1, 0).reshape(len(work.trades), -1)
    return {
        "close": pd.DataFrame(np.tile(work.prices, (1, books)), work.sessions),
        "size": pd.DataFrame(sizes, work.sessions),
        "fees": work.rate,
        "group_by": np.repeat(np.arange(books), assets),
    }


def vectorbt(engine: str) -> Callable[[dict[str, Any]], pd.DataFrame]:
    """Simulated and valued as its users do: target percentages, shared cash, sales first."""

    def run(inputs: dict[str, Any]) -> pd.DataFrame:
        import vectorbt as vbt  # costs seconds

        portfolio = vbt.Portfolio.from_orders(
            **inputs,
            size_type="targetpercent",
            init_cash=CAPITAL,
            cash_sharing=True,
            call_seq="auto",
            freq="1D",
            engine=engine,
        )
        value = portfolio.value()
        return value.to_frame() if isinstance(value, pd.Series) else value

    return run


def framed(work: Work) -> dict[str, Any]:
    """Prices, and for each book its targets on the sessions on which it trades."""
    names = [f"a{k}" for k in range(work.returns.shape[1])]
    return {
        "prices": pd.DataFrame(work.prices, work.sessions, names),
        "targets": [pd.DataFrame(book, work.sessions[work.trades], names) for book in work.traded],
        "rate": work.rate,
    }


def bt_tests(inputs: dict[str, Any]) -> list[Any]:
    """Its backtests, not run yet: its own weigh-and-rebalance."""
    import bt as library  # costs seconds

    rate = inputs["rate"]
    return [
        library.Backtest(
            library.Strategy(f"book {number}", [library.algos.WeighTarget(targets), library.algos.Rebalance()]),
            inputs["prices"],
            initial_capital=CAPITAL,
            commissions=lambda quantity, price: rate * abs(quantity) * price,
            integer_positions=False,
            progress_bar=False,
        )
        for number, targets in enumerate(inputs["targets"])
    ]


def bt(inputs: dict[str, Any]) -> list["pd.Series[float]"]:
    """Its backtests carried out, without its statistics."""
    values = []
    for test in bt_tests(inputs):
        test.run()
        values.append(test.strategy.values)
    return values


def qis(inputs: dict[str, Any]) -> list["pd.Series[float]"]:
    """Its model portfolio."""
    from qis.portfolio.backtester import backtest_model_portfolio  # costs seconds

    return [
        backtest_model_portfolio(inputs["prices"], targets, initial_nav=CAPITAL, rebalancing_costs=inputs["rate"]).nav
        for targets in inputs["targets"]
    ]


def worths(value: pd.DataFrame) -> Array:
    """The final value of each column."""
    return value.to_numpy()[-1] / CAPITAL


def ends(values: list["pd.Series[float]"]) -> Array:
    """The final value of each book's series."""
    return np.array([series.iloc[-1] for series in values]) / CAPITAL
