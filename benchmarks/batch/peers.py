"""A slice of a study's own targets, those without leverage, traded at month ends, for vectorbt and bt, statistics
included.

vectorbt as its documentation has it, and as an expert would: trading rows alone, and units times prices afterwards.
Neither makes a scorecard or a mix, follows a band, or pays interest. Imports are not in their times.
"""

import importlib.util
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from backtester.batch.study_plan import plan_study
from backtester.engine.evaluate import Evaluation, evaluate_many
from backtester.histories.market import Market
from backtester.plugins.recipes import parse_recipe
from benchmarks.engine.peers import CAPITAL, bt_tests, framed, tiled
from benchmarks.engine.work import INVESTED, Work

RATE = 2e-4


def print_peers(study: Path, books: int) -> None:
    """Print a line a library: processor time a book."""
    work = slice_of(study, books)
    for name, (library, run) in PEERS.items():
        if importlib.util.find_spec(library) is None:
            sys.stdout.write(f"{name}: not installed; pip install -e '.[bench]'\n")
            continue
        importlib.import_module(library)
        began = time.process_time()
        run(work)
        took = time.process_time() - began
        sys.stdout.write(f"{name:44} {took / books * 1e3:10.1f} ms a book\n")
        sys.stdout.flush()


def slice_of(study: Path, books: int) -> Work:
    """Books of the study without leverage, as arrays that other libraries take: their own targets, at month ends."""
    plan = plan_study(study)
    jobs = [job for job in plan.jobs if job.point["most"] == 1.0][:books]
    asked = [(parse_recipe(job.recipe, plan.library), job.settings.execution) for job in jobs]
    runs = [run for run in evaluate_many(asked, plan.market) if isinstance(run, Evaluation)]
    return _work(runs, plan.market)


def _work(runs: list[Evaluation], market: Market) -> Work:
    first = max(run.first for run in runs)
    kept = market.since(first)
    names = ["stocks", "bonds", "gold"]
    levels = kept.levels[names].to_numpy()
    targets = np.array([run.targets[names].to_numpy()[first:] for run in runs])
    targets *= INVESTED / np.maximum(1.0, targets.sum(axis=2, keepdims=True))
    returns = np.vstack([np.zeros(len(names)), levels[1:] / levels[:-1] - 1])
    rows = np.arange(len(levels))
    return Work(kept.sessions, returns, levels, kept.days, targets, rows, kept.calendar["month"].to_numpy(bool), RATE)


def documented(work: Work) -> None:
    """vectorbt as its documentation has it: every session, and its table of statistics."""
    import vectorbt as vbt  # costs seconds

    portfolio = vbt.Portfolio.from_orders(**tiled(work), **_shared())
    with warnings.catch_warnings(action="ignore"):  # that it was given no benchmark
        portfolio.stats(agg_func=None)


def expert(work: Work) -> None:
    """vectorbt on the trading rows alone; units times prices in between, and its statistics of the returns."""
    import vectorbt as vbt  # costs seconds

    inputs, at = tiled(work), work.trades
    inputs |= {"close": inputs["close"].iloc[at], "size": inputs["size"].iloc[at]}
    portfolio = vbt.Portfolio.from_orders(**inputs, **_shared())
    units = portfolio.assets().to_numpy().reshape(len(at), len(work.targets), -1)
    cash = portfolio.cash().to_numpy().reshape(len(at), -1)
    held = np.searchsorted(at, np.arange(len(work.days)), side="right") - 1
    worth = np.einsum("tbk,tk->tb", units[held], work.prices) + cash[held]
    worth[held < 0] = CAPITAL
    with warnings.catch_warnings(action="ignore"):
        pd.DataFrame(worth, work.sessions).vbt.to_returns().vbt.returns(freq="1D").stats(agg_func=None)


def _shared() -> dict[str, Any]:
    return {
        "size_type": "targetpercent",
        "init_cash": CAPITAL,
        "cash_sharing": True,
        "call_seq": "auto",
        "freq": "1D",
    }


def bt(work: Work) -> None:
    """bt's own weigh-and-rebalance, and its statistics."""
    import bt as library  # costs seconds

    library.run(*bt_tests(framed(work)))


PEERS: dict[str, tuple[str, Callable[[Work], None]]] = {
    "vectorbt, compiling": ("vectorbt", documented),
    "vectorbt, as documented": ("vectorbt", documented),
    "vectorbt, an expert's": ("vectorbt", expert),
    "bt": ("bt", bt),
}
