"""Three conventions of what a trade buys, each as a plain loop over sessions for all books at once.

They differ by what costs come out of, and so by about the cost itself: no two agree to 1e-9 unless trading is free.

* `after`, ours: holdings go to w x NAV', where NAV' is what is left after the costs of doing so.
* `before`, vectorbt's target percent and qis: holdings go to w x NAV, and the costs come out of cash.
* `within`, bt: each purchase is made smaller, each sale larger, so that it and its own cost take w x NAV - holding.

Every contestant must agree with its own convention's loop to 1e-9.
"""

from collections.abc import Callable

import numpy as np

from backtester.arrays import Array
from benchmarks.engine.work import Work

Trade = Callable[[Array, Array, Array, float], Array]


def final_values(work: Work, convention: str) -> Array:
    """The final value of each book (B,), from 1."""
    trade = CONVENTIONS[convention]
    traded = dict(zip(work.trades.tolist(), np.moveaxis(work.traded, 1, 0), strict=True))
    holdings = np.zeros((len(work.targets), work.returns.shape[1]))
    cash = np.ones(len(work.targets))
    for t, returns in enumerate(work.returns):
        holdings *= 1 + returns
        if t in traded:
            nav = cash + holdings.sum(axis=1)
            wanted = trade(traded[t], holdings, nav[:, None], work.rate)
            cash = nav - wanted.sum(axis=1) - work.rate * np.abs(wanted - holdings).sum(axis=1)
            holdings = wanted
    return cash + holdings.sum(axis=1)


def after(weights: Array, holdings: Array, nav: Array, rate: float) -> Array:
    """What NAV' buys; each of the steps towards it shrinks the error by the cost rate."""
    left = nav
    for _ in range(12):
        left = nav - rate * np.abs(weights * left - holdings).sum(axis=1, keepdims=True)
    return weights * left


def before(weights: Array, holdings: Array, nav: Array, rate: float) -> Array:
    """What NAV buys; the caller takes the costs out of cash."""
    return weights * nav


def within(weights: Array, holdings: Array, nav: Array, rate: float) -> Array:
    """A purchase of a costs a * (1 + rate), a sale of a brings a * (1 - rate)."""
    amount = weights * nav - holdings
    return holdings + amount / np.where(amount > 0, 1 + rate, 1 - rate)


CONVENTIONS: dict[str, Trade] = {"after": after, "before": before, "within": within}
