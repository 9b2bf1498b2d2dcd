"""A run from Python: recipes and functions by name, on a market in memory or a history."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from backtester.errors import DataError, RecipeError
from backtester.histories.market import Market
from backtester.plugins.from_code import function_strategy
from backtester.plugins.loader import Library
from backtester.plugins.names import normal_name
from backtester.plugins.recipes import Recipe, parse_recipe
from backtester.runs.inputs import RunInputs, distinct, read_history, read_library
from backtester.runs.result import Result
from backtester.runs.run import carry_out_on
from backtester.runs.settings import DEFAULT_REFERENCE, RunSettings

Strategies = Mapping[str, str | Callable[..., object]]


def run(
    strategies: Strategies,
    *,
    market: Market | str = "us",
    reference: str = DEFAULT_REFERENCE,
    settings: RunSettings | None = None,
) -> Result:
    """The result of backtesting strategies, by name, against a reference.

    Each strategy is a recipe such as "sixty_forty + gold_overlay(size=0.05)", or a function like the `weights` of a
    strategy's file: it is given what its parameters name and returns target weights. A function that reads `base`
    changes the reference's weights, and recipes can name it. `reference` is a recipe or one of the names; `market` is a
    market or the name of a history. `settings` say the rest, such as RunSettings(resamples=200). Raise a
    BacktesterError, in whose message stands what is accepted, if something is not understood.
    """
    name = market if isinstance(market, str) else market.history.name
    settings = (settings or RunSettings()).model_copy(update={"history": name, "reference": reference})
    notes: list[str] = []
    library = read_library(settings, notes.append)
    texts = {given: one if isinstance(one, str) else _added(library, given, one) for given, one in strategies.items()}
    below = texts.pop(reference, reference)
    titled = {reference: parse_recipe(below, library)} | {
        given: _laid_over(below, text, library) for given, text in texts.items()
    }
    recipes = [replace(recipe, title=given) for given, recipe in titled.items()]
    kept = distinct(recipes)
    if left := [recipe for recipe in recipes if recipe not in kept]:
        raise RecipeError(f"{left[0].name!r} is the same as another strategy, or as the reference; leave it out")
    settings = settings.model_copy(update={"recipes": tuple(recipe.full for recipe in kept[1:])})
    spelled = ", ".join(f"{recipe.title!r}: {recipe.full!r}" for recipe in kept[1:])
    inputs = RunInputs(
        recipes=kept,
        history=read_history(settings, notes.append) if isinstance(market, str) else market.history,
        market=None if isinstance(market, str) else _up_to(market, settings),
        notes=tuple(notes),
        command=f"backtester.run({{{spelled}}}, market={name!r}, reference={reference!r})",
    )
    return carry_out_on(inputs, settings)


def _added(library: Library, given: str, function: Callable[..., object]) -> str:
    """The name that a function has in recipes, once it is in the library."""
    name = normal_name(re.sub(r"\W+", "_", given, flags=re.ASCII).strip("_"))
    name = name if name[:1].isalpha() else f"strategy_{name}"
    if name in library.strategies:
        raise RecipeError(f"there is a strategy {name!r} already; give the function {given!r} another name")
    library.strategies[name] = function_strategy(name, function)
    return name


def _laid_over(below: str, text: str, library: Library) -> Recipe:
    """The recipe that the text spells, a single overlay on top of the one below."""
    is_overlay = text in library.strategies and not library.strategies[text].is_base
    return parse_recipe(f"{below} + {text}" if is_overlay else text, library)


def _up_to(market: Market, settings: RunSettings) -> Market:
    """The market up to the settings' end."""
    if settings.series:
        raise DataError("settings name files of series beside a market in memory; put them in its frame")
    if settings.end is None:
        return market
    return market.cut(int(market.sessions.searchsorted(pd.Timestamp(settings.end), side="right")))
