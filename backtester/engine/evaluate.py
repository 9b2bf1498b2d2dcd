"""Evaluating recipes on one market: the target weights of one or thousands, and the portfolios that trade these.

A recipe is a base strategy and the overlays that change its weights, a market a history aligned on its sessions.
"""

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
    """A recipe carried out on a market.

    `schedule` is that by which it trades; `layers` are its strategies with their inputs and weights, `targets`
    (sessions x assets) the weights in force. Its `book` (all that determines the portfolio) and `accounts` begin on
    session number `first` of the market.
    """

    recipe: Recipe
    schedule: Schedule
    layers: Layers
    targets: pd.DataFrame
    first: int
    book: Book
    accounts: Accounts

    def __repr__(self) -> str:
        """The name of the recipe in angle brackets."""
        return f"<Evaluation of {self.recipe.name}>"

    def to_vectorbt(self) -> Any:
        """The same book kept by vectorbt: its Portfolio with trades, records and plots."""
        return portfolio(self.book)


def evaluate(recipe: Recipe, market: Market, execution: Execution) -> Evaluation:
    """The recipe's target weights, and the accounts of the portfolio that trades them from its first target on.

    An error has the recipe in a note. Raise PluginError if a strategy of it fails or returns no weights, DataError or
    RecipeError if these cannot be traded.
    """
    [done] = evaluate_many([(recipe, execution)], market)
    if isinstance(done, BacktesterError):
        raise done
    return done


def evaluate_many(
    requests: Sequence[EvaluationRequest], market: Market, cache: MarketCache | None = None
) -> list[Evaluation | BacktesterError]:
    """What `evaluate` returns or raises for each recipe and execution.

    Layers that recipes share are computed once, and books with the same `grouping_key` are simulated together. A recipe
    takes some megabytes, so pass tens or hundreds at a time, and the same `cache` of the market each time.
    """
    cache = cache or MarketCache(market)
    all_layers = layers_of(requests, cache)
    books = [_book(request, layers, cache) for request, layers in zip(requests, all_layers, strict=True)]
    results: list[Evaluation | BacktesterError] = []
    for request, layers, book, accounts in zip(requests, all_layers, books, simulate_many(books), strict=True):
        recipe, execution = request
        if isinstance(accounts, BacktesterError):
            results.append(_with_recipe(accounts, recipe))
        else:
            assert isinstance(book, Book)  # an error in the layers is passed on as the book's, and the accounts'
            assert isinstance(layers, tuple)
            first = len(market.sessions) - len(book.market.sessions)
            schedule = trigger_of(recipe, execution, market.rhythm).schedule
            evaluation = Evaluation(
                recipe=recipe,
                schedule=schedule,
                layers=layers,
                targets=layers[-1].targets,
                first=first,
                book=book,
                accounts=accounts,
            )
            results.append(evaluation)
    return results


def _book(request: EvaluationRequest, layers: Layers | BacktesterError, cache: MarketCache) -> Book | BacktesterError:
    """The book of the recipe whose layers these are, or the error that it or one of them raised."""
    return layers if isinstance(layers, BacktesterError) else result_or_error(lambda: cache.book(*request, layers))


def _with_recipe(error: BacktesterError, recipe: Recipe) -> BacktesterError:
    """A copy of the error with the recipe as a note: recipes that share a layer share the error that it raised."""
    # not by `copy.copy`: where Dask is imported a copy may share the `__dict__`, so that its note is the error's, too
    own = type(error).__new__(type(error), *error.args)
    own.__dict__ |= error.__dict__ | {"__notes__": [*getattr(error, "__notes__", ()), f"in the recipe {recipe.name!r}"]}
    own.__cause__ = error.__cause__
    return own.with_traceback(error.__traceback__)
