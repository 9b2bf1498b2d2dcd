"""Recipes on one market: their targets, and the portfolios that trade them; one recipe, or thousands together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from backtester.engine.accounts import Accounts
from backtester.engine.book import Book
from backtester.engine.execution import Execution, trigger_of
from backtester.engine.layers import EvaluationRequest, Layers, MarketCache, layers_of
from backtester.engine.ledger import portfolio
from backtester.engine.schedule import Schedule
from backtester.engine.simulate import simulate_many
from backtester.errors import BacktesterError, result_or_error
from backtester.histories.market import Market
from backtester.plugins.recipes import Recipe


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A recipe carried out: its layers, the targets in force at each session, and from session `first` on its book and
    the accounts of it."""

    recipe: Recipe
    schedule: Schedule
    layers: Layers
    targets: pd.DataFrame
    first: int
    book: Book
    accounts: Accounts

    def __repr__(self) -> str:
        """The recipe, in a line."""
        return f"<Evaluation of {self.recipe.name}>"

    def to_vectorbt(self) -> Any:
        """The same book kept by vectorbt: its Portfolio with trades, records and plots."""
        return portfolio(self.book)


def evaluate(recipe: Recipe, market: Market, execution: Execution) -> Evaluation:
    """The recipe's target weights, and the accounts of the portfolio that trades them from its first target on.

    Raise PluginError, with the recipe in a note, if a strategy of it raises or returns weights that cannot be traded.
    """
    [done] = evaluate_many([(recipe, execution)], market)
    if isinstance(done, BacktesterError):
        raise done
    return done


def evaluate_many(
    asked: Sequence[EvaluationRequest], market: Market, cache: MarketCache | None = None
) -> list[Evaluation | BacktesterError]:
    """What `evaluate` returns or raises of each recipe, with layers that recipes share computed once, and books that
    trade on the same terms kept together. Memory is some megabytes a recipe, so ask for tens or hundreds at a time, at
    one desk of the market."""
    cache = cache or MarketCache(market)
    layers = layers_of(asked, cache)
    books = [_book(one, own, cache) for one, own in zip(asked, layers, strict=True)]
    done: list[Evaluation | BacktesterError] = []
    for one, own, book, accounts in zip(asked, layers, books, simulate_many(books), strict=True):
        if isinstance(accounts, BacktesterError):
            done.append(_in_recipe(accounts, one[0]))
        else:
            assert isinstance(book, Book)  # an error in its layers is one of the book, and then of the accounts
            assert isinstance(own, tuple)
            first, schedule = len(market.sessions) - len(book.market.sessions), trigger_of(*one, market.rhythm).schedule
            done.append(Evaluation(one[0], schedule, own, own[-1].targets, first, book, accounts))
    return done


def _book(asked: EvaluationRequest, layers: Layers | BacktesterError, cache: MarketCache) -> Book | BacktesterError:
    return layers if isinstance(layers, BacktesterError) else result_or_error(lambda: cache.book(*asked, layers))


def _in_recipe(error: BacktesterError, recipe: Recipe) -> BacktesterError:
    """The error with the recipe as a note; its own, since recipes share layers and so their errors."""
    own = type(error).__new__(type(error), *error.args)  # Dask has `copy` share the notes
    own.__dict__ |= error.__dict__ | {"__notes__": [*getattr(error, "__notes__", ()), f"in the recipe {recipe.name!r}"]}
    own.__cause__ = error.__cause__
    return own.with_traceback(error.__traceback__)
