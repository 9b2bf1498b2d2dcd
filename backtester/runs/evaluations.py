"""Simulating the recipes of a run, and leaving out the built-in ones that do not fit the history.

A recipe is a base strategy and the overlays that change its weights.
"""

import pandas as pd

from backtester.engine.evaluate import Evaluation, evaluate_many
from backtester.errors import BacktesterError
from backtester.histories.market import Market
from backtester.plugins.recipes import Recipe
from backtester.runs.settings import ReportProgress, RunSettings

LONGEST_DELAY = pd.DateOffset(years=5)  # after the reference's start; a built-in recipe that starts later is left out


def evaluations_of(
    settings: RunSettings, recipes: list[Recipe], market: Market, report: ReportProgress
) -> tuple[list[Evaluation], list[str]]:
    """The evaluation of each recipe, the reference first, and why recipes were left out.

    If the user named no recipes, a built-in one is left out if it cannot run on this history, or would shorten the
    common period by more than five years. The error of a recipe that the user named, or of the reference, is raised.
    """
    report("Simulating the recipes")
    done: list[Evaluation] = []
    left_out: list[str] = []
    for recipe, run in zip(
        recipes, evaluate_many([(recipe, settings.execution) for recipe in recipes], market), strict=True
    ):
        may_be_left_out = bool(done) and not settings.recipes
        if isinstance(run, BacktesterError):
            if not may_be_left_out:
                raise run
            left_out.append(f"{recipe.name}: {run}")
            continue
        start = market.sessions[run.first]
        if may_be_left_out and start > market.sessions[done[0].first] + LONGEST_DELAY:
            left_out.append(f"{recipe.name}: it can only start on {start.date()}; name it to have all start then")
        else:
            done.append(run)
    return done, left_out
