"""The parts of a recipe with overlays: its first steps, and itself without one of them, each carried out once."""

from collections.abc import Iterator

import pandas as pd

from backtester.analysis.attribution import Overlay
from backtester.analysis.windows import Window, window_return
from backtester.engine.evaluate import Evaluation, Execution, evaluate
from backtester.errors import BacktesterError
from backtester.histories.market import Market
from backtester.plugins.recipes import Recipe

Navs = dict[str, "pd.Series[float]"]  # by recipe in full


def part_navs(evaluations: list[Evaluation], market: Market, execution: Execution) -> Navs:
    """The net asset value of every recipe and of every part that its overlays are judged by.

    A part that cannot be simulated by itself (it reads or sells what the step left out had brought) has none.
    """
    navs: Navs = {run.recipe.full: run.accounts.nav for run in evaluations}
    tried = set(navs)
    for part in (part for run in evaluations for part in _parts(run.recipe)):
        if part.full not in tried:
            tried.add(part.full)
            try:
                navs[part.full] = evaluate(part, market, execution).accounts.nav
            except BacktesterError:
                continue
    return navs


def _parts(recipe: Recipe) -> Iterator[Recipe]:
    for place in range(1, len(recipe.steps)):
        yield below(recipe, place)
        yield without(recipe, place)


def below(recipe: Recipe, place: int) -> Recipe:
    """The steps below a step."""
    return Recipe(recipe.steps[:place])


def without(recipe: Recipe, place: int) -> Recipe:
    """The recipe without a step."""
    return Recipe(recipe.steps[:place] + recipe.steps[place + 1 :])


def overlay_attribution(recipe: Recipe, navs: Navs, window: Window) -> list[Overlay]:
    """What each overlay changed in a window, the base left out; `navs` have the window's sessions."""

    def gained(recipe: Recipe, other: Recipe) -> float:
        parts = [navs.get(one.full) for one in (recipe, other)]
        own, theirs = (float("nan") if part is None else window_return(part, window) for part in parts)
        return own - theirs

    return [
        Overlay(
            name=step.spelled(step.stated),
            in_order=gained(below(recipe, place + 1), below(recipe, place)),
            left_out=gained(recipe, without(recipe, place)),
        )
        for place, step in enumerate(recipe.steps)
        if place
    ]
