"""The recipes of a run carried out on a market, and which built-in variants are left out of it."""

import pandas as pd

from backtester.engine.evaluate import Evaluation, evaluate_many
from backtester.errors import BacktesterError
from backtester.histories.market import Market
from backtester.plugins.recipes import Recipe
from backtester.runs.settings import ReportProgress, RunSettings

LONGEST_DELAY = pd.DateOffset(years=5)  # a built-in variant that starts later than this after the reference is left out


def evaluations_of(
    settings: RunSettings, recipes: list[Recipe], market: Market, report: ReportProgress
) -> tuple[list[Evaluation], list[str]]:
    """The recipes carried out. Where none was named, a built-in variant that cannot run on this history, or would cut
    more than five years off the period of all, is left out and reported; one that was named is never left out."""
    report("Simulating the recipes")
    done: list[Evaluation] = []
    left_out: list[str] = []
    for recipe, run in zip(recipes, evaluate_many([(one, settings.execution) for one in recipes], market), strict=True):
        may_be_left_out = bool(done) and not settings.recipes
        if isinstance(run, BacktesterError):
            if not may_be_left_out:
                raise run
            left_out.append(f"{recipe.name}: {run}")
            continue
        starts = market.sessions[run.first]
        if may_be_left_out and starts > market.sessions[done[0].first] + LONGEST_DELAY:
            left_out.append(f"{recipe.name}: it can only start on {starts.date()}; name it to have all start then")
        else:
            done.append(run)
    return done, left_out
