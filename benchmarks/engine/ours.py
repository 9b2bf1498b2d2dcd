"""This engine: one portfolio by its public functions, and many books by arrays."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from backtester.analysis.windows import Window
from backtester.arrays import Array
from backtester.engine.accounts import Accounts
from backtester.engine.book import Book
from backtester.engine.costs import Costs
from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.engine.kernel import Kept, Orders, Prices, TradingTerms
from backtester.engine.many import make_orders, make_prices, make_terms, run_many
from backtester.histories.kinds import as_series
from backtester.histories.manifest import History
from backtester.histories.manifest_schema import HistoryTable
from backtester.histories.market import Market
from backtester.histories.sessions import period_ends
from backtester.plugins.loader import Library, load_strategy
from backtester.plugins.recipes import Recipe, parse_recipe
from benchmarks.engine.many import Measured, measure_many
from benchmarks.engine.work import LAG, Work

SIXTY_FORTY = b"def weights():\n    return {'stocks': 0.6, 'bonds': 0.4}\n"
WINDOWS = 21  # as many as the embedded history has joint sell-offs
WORDS = {"unit": "index", "source": "made for a benchmark", "licence": "none"}


def market(work: Work) -> Market:
    """The work's market, its first two assets named stocks and bonds."""
    roles = ["stocks", "bonds", *(f"asset_{k}" for k in range(2, work.prices.shape[1]))]
    series = {role: as_series({"kind": "total_return", "file": "f", "column": role, **WORDS}) for role in roles}
    series["bills"] = as_series({"kind": "bills", "yield": "yield_3m", **WORDS})
    return Market(
        history=History("made", Path("made"), HistoryTable(title="Made", series=series, files={})),
        sessions=work.sessions,
        levels=pd.DataFrame(work.prices, work.sessions, roles).assign(bills=1.0),
        observables=pd.DataFrame(index=work.sessions),
        calendar=period_ends(work.sessions),
        bill_returns=work.bills,
        days=work.days,
        carried={},
    )


def costs(work: Work) -> Costs:
    """The work's costs."""
    return Costs(trade_bps=work.rate * 1e4)


def book(work: Work) -> Book:
    """The work's only book."""
    made = market(work)
    targets = pd.DataFrame(work.targets[0, work.rows], work.sessions, made.assets)
    return Book(made, targets, work.decisions, LAG, np.inf, costs(work))


def recipe(work: Work) -> tuple[Recipe, Market, Execution]:
    """The recipe of 60/40, and what else `evaluate` takes."""
    library = Library({"sixty_forty": load_strategy("sixty_forty", "sixty_forty.py", SIXTY_FORTY)})
    execution = Execution(lag=LAG, rebalance="month", band=np.inf, costs=costs(work))
    return parse_recipe("sixty_forty", library), market(work), execution


def evaluated(inputs: tuple[Recipe, Market, Execution]) -> Accounts:
    """All accounts of a recipe, in frames: the strategy called, its weights checked, the book simulated."""
    return evaluate(*inputs).accounts


def end(accounts: Accounts) -> Array:
    """The final value."""
    return accounts.nav.to_numpy()[-1:]


def kept(names: tuple[str, ...], threads: int) -> Callable[[Work], Kept]:
    """What is asked of all books, from plain arrays."""

    def run(work: Work) -> Kept:
        return run_many(*arrays(work), keep=names, threads=threads)

    return run


def measured(threads: int) -> Callable[[Work], Measured]:
    """The measures of all books and their returns in some windows, without their net asset values."""

    def run(work: Work) -> Measured:
        starts = np.linspace(0, len(work.sessions) - 22, WINDOWS).astype(int).tolist()
        windows = [Window(start, start + 21) for start in starts]
        return measure_many(arrays(work), work.sessions, windows=windows, threads=threads)

    return run


def arrays(work: Work) -> tuple[Prices, Orders, TradingTerms]:
    """What the engine takes."""
    assets = work.returns.shape[1]
    return (
        make_prices(work.returns, work.bills, work.days, np.ones(assets)),
        make_orders(work.targets, work.decisions, rows=work.rows),
        make_terms(np.full(assets, work.rate), np.zeros(4), lag=LAG),
    )


def ends(books: Kept) -> Array:
    """The final values of net asset values (B, T)."""
    return books.nav[:, -1]


def measured_ends(measured: Measured) -> Array:
    """The final values among the measures."""
    return measured.values[:, measured.names.index("final_nav")]
