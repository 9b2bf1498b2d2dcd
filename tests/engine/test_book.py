"""What decides a portfolio, by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtester.engine.book import Book
from backtester.engine.costs import NO_COSTS, Costs
from backtester.histories.market import Market
from builders import made_market

NAN = float("nan")


def market(**levels: list[float]) -> Market:
    """A market of four sessions."""
    return made_market({"stocks": [1.0, 2.0, 3.0, 4.0]} | levels)


def book(of: Market, *assets: str) -> Book:
    """A book of these assets."""
    targets = pd.DataFrame(0.5, of.sessions, list(assets))
    return Book(of, targets, np.array([True, False, True, False]), 1, 0.05, NO_COSTS)


def test_what_is_not_said_is_not_asked_for() -> None:
    """No band relative to targets, trades all the way, and of any size."""
    one = book(market(), "stocks")
    assert (one.relative_band, one.to_edge, one.min_trade) == (float("inf"), False, 0.0)
    assert (one.assets, one.levels.tolist()) == (["stocks"], [[1.0], [2.0], [3.0], [4.0]])
    assert one.tranches.shape == (1, 4)
    assert replace(one, decisions=np.zeros((3, 4), bool)).tranches.shape == (3, 4)


@pytest.mark.parametrize(
    ("gold", "end"),
    [
        ([1.0, 1.0, 1.0, 1.0], 4), ([1.0, 1.0, 1.0, NAN], 3), ([NAN, 1.0, NAN, NAN], 2), ([1.0, NAN, 1.0, NAN], 3),
        ([NAN, NAN, NAN, 1.0], 4), ([NAN, NAN, NAN, NAN], 4),
    ],
)  # fmt: skip
def test_where_assets_end(gold: list[float], end: int) -> None:
    """At the first session without them, if their levels end before the market does; one that never was has no end."""
    assert book(market(gold=gold), "stocks", "gold").ends == [4, end]


def test_which_books_are_kept_together() -> None:
    """Those of one market, the same assets, terms and number of tranches, whatever they want and when."""
    shared = market(gold=[1.0] * 4)
    one = book(shared, "stocks", "gold")
    other = replace(one, targets=one.targets * 0.5, decisions=~one.decisions)
    assert one.grouping_key == other.grouping_key
    changed = [
        replace(one, lag=2), replace(one, band=0.1), replace(one, relative_band=0.2), replace(one, to_edge=True),
        replace(one, min_trade=0.01), replace(one, costs=Costs()), replace(one, decisions=np.zeros((2, 4), bool)),
        book(shared, "gold", "stocks"), book(market(gold=[1.0] * 4), "stocks", "gold"),
    ]  # fmt: skip
    assert all(another.grouping_key != one.grouping_key for another in changed)
