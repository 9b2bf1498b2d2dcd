"""`backtester.run`: a run called from Python, with recipes and functions, on a history or a market in memory.

A recipe is a base strategy and the overlays that change its weights, such as `sixty_forty + gold_overlay(size=0.05)`.
"""

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

Strategies = Mapping[str, str | Callable[..., object]]  # by name: recipes or functions that return target weights


def run(
    strategies: Strategies,
    *,
    market: Market | str = "us",
    reference: str = DEFAULT_REFERENCE,
    settings: RunSettings | None = None,
) -> Result:
    """The result of backtesting strategies, by name, against a reference.

    Each strategy is a recipe such as "sixty_forty + gold_overlay(size=0.05)", or a function like the `weights` of a
    strategy's file: its parameters name the data that it gets, and it returns target weights. A function that reads
    `base` changes the reference's weights. Recipes can name functions. `reference` is a recipe or one of the names;
    `market` is a market or the name of a history. `settings` has all other options, such as
    RunSettings(resamples=200). Raise a BacktesterError, which says what would be accepted, if an argument is invalid.
    """
    history_name = market if isinstance(market, str) else market.history.name
    settings = (settings or RunSettings()).model_copy(update={"history": history_name, "reference": reference})
    notes: list[str] = []
    library = read_library(settings, notes.append)
    recipe_texts = {
        name: strategy if isinstance(strategy, str) else _add_function(library, name, strategy)
        for name, strategy in strategies.items()
    }
    reference_text = recipe_texts.pop(reference, reference)
    recipes_by_name = {reference: parse_recipe(reference_text, library)} | {
        name: _recipe_on_reference(reference_text, text, library) for name, text in recipe_texts.items()
    }
    recipes = [replace(recipe, title=name) for name, recipe in recipes_by_name.items()]
    distinct_recipes = distinct(recipes)  # by strategies and settings: of two that differ in title alone, the first
    if repeated := [recipe for recipe in recipes if recipe not in distinct_recipes]:
        raise RecipeError(f"{repeated[0].name!r} is the same as another strategy, or as the reference; leave it out")
    # the first is the reference; `full` is a recipe's text with all settings
    settings = settings.model_copy(update={"recipes": tuple(recipe.full for recipe in distinct_recipes[1:])})
    spelled_recipes = ", ".join(f"{recipe.title!r}: {recipe.full!r}" for recipe in distinct_recipes[1:])
    inputs = RunInputs(
        recipes=distinct_recipes,
        history=read_history(settings, notes.append) if isinstance(market, str) else market.history,
        market=None if isinstance(market, str) else _cut_at_end(market, settings),
        notes=tuple(notes),
        command=f"backtester.run({{{spelled_recipes}}}, market={history_name!r}, reference={reference!r})",
    )
    return carry_out_on(inputs, settings)


def _add_function(library: Library, title: str, function: Callable[..., object]) -> str:
    """Add a function to the library, and return the name by which recipes can refer to it.

    Raise RecipeError if the library has a strategy of that name.
    """
    name = normal_name(re.sub(r"\W+", "_", title, flags=re.ASCII).strip("_"))
    name = name if name[:1].isalpha() else f"strategy_{name}"
    if name in library.strategies:
        raise RecipeError(f"there is a strategy {name!r} already; give the function {title!r} another name")
    library.strategies[name] = function_strategy(name, function)
    return name


def _recipe_on_reference(reference_text: str, text: str, library: Library) -> Recipe:
    """The recipe of the text; if the text is the name of an overlay alone, the overlay on top of the reference."""
    is_overlay = text in library.strategies and not library.strategies[text].is_base
    return parse_recipe(f"{reference_text} + {text}" if is_overlay else text, library)


def _cut_at_end(market: Market, settings: RunSettings) -> Market:
    """The market up to the settings' `end`; raise DataError if the settings name files of series."""
    if settings.series:
        raise DataError("settings name files of series beside a market in memory; put them in its frame")
    if settings.end is None:
        return market
    return market.cut(int(market.sessions.searchsorted(pd.Timestamp(settings.end), side="right")))
