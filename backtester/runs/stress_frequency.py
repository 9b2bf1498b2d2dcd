"""Carrying out `stress frequency`: what becomes of strategies when joint sell-offs are more frequent than they were.

Paths are drawn from the history in blocks, with chances that make joint sell-offs so many times as frequent. Static
strategies, whose target weights never change, are simulated together; the others one by one, on fewer paths. A mix is
the fixed shares of stocks, bonds and bills that moved as a strategy did.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from backtester.arrays import Array
from backtester.engine.evaluate import Evaluation, evaluate
from backtester.errors import ScenarioError
from backtester.histories.market import Market
from backtester.runs.common_period import common_start, first_with_pair
from backtester.runs.settings import ReportProgress, RunSettings, no_report
from backtester.runs.stress_run import prepare_stress, stressed_recipes
from backtester.runs.values import Json, clean
from backtester.stress.dynamic import dynamic_paths
from backtester.stress.frequency import PathSource, draw_paths, is_static, make_path_source, sessions_of
from backtester.stress.outcomes import StressInputs
from backtester.stress.path_results import SPENDING_GROWTH, PathPlan, PathResults
from backtester.stress.tilt import TiltSearch

FREQUENCY_SCHEMA = 1
CURVE_TIMES = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)  # how many times as frequent; growth over the mix is computed at each
CURVE_PATHS = 400  # of static strategies, at most
CURVE_DYNAMIC_PATHS = 20  # of the others, at most
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
ALWAYS_AHEAD, ALWAYS_BEHIND = "ahead at every k", "behind at every k"


@dataclass(frozen=True, eq=False)
class _PathInputs:
    """The source of blocks, the recipes' evaluations on the history, which are static, and the stress inputs."""

    source: PathSource
    runs: Sequence[Evaluation]
    static: Sequence[bool]
    inputs: StressInputs


def frequency_run(
    settings: RunSettings,
    times: float,
    plan: PathPlan,
    *,
    dynamic: int = 100,
    at: datetime.date | None = None,
    report: ReportProgress = no_report,
) -> Json:
    """The document of `stress frequency`.

    It has each strategy's results with joint sell-offs as frequent as they were and `times` as frequent, and the
    frequency at which its growth over its mix changes sign. `dynamic` counts the paths of those that are not static.
    """
    starting_point, inputs, left_out = prepare_stress(settings, at, report)
    path_inputs = _make_path_inputs(starting_point.market, settings, inputs)
    source, start, end = path_inputs.source, path_inputs.source.market.sessions[0], starting_point.last_session
    tilts = TiltSearch(source.blocks, sessions_of(source, plan.years), plan.seed)
    by_frequency: dict[float, list[PathResults | None]] = {}
    for index, frequency in enumerate(dict.fromkeys((1.0, times))):
        report(f"Drawing paths at {frequency:g} times", index / 2)
        by_frequency[frequency] = _results_by_strategy(path_inputs, tilts.find(frequency), plan, dynamic)
    report("Looking for the frequency at which growth over the mix changes sign")
    smaller_plan = replace(plan, paths=min(plan.paths, CURVE_PATHS))
    curve = _growth_curve(path_inputs, smaller_plan, min(dynamic, CURVE_DYNAMIC_PATHS), tilts, by_frequency)
    written: Json = clean(
        {
            "schema": FREQUENCY_SCHEMA,
            "history": {"name": starting_point.history.name, "title": starting_point.history.table.title},
            "period": {"start": start, "end": end, "joint_sell_offs": len(source.blocks.windows)},
            "paths": plan.paths,
            "dynamic_paths": dynamic,
            "years": plan.years,
            "seed": plan.seed,
            "spend": plan.spend,
            "spend_rise": SPENDING_GROWTH,
            "block_sessions": source.blocks.block_sessions,
            "strategies": stressed_recipes(inputs.recipes),
            "static": path_inputs.static,
            "left_out": left_out,
            "at": [_frequency_entry(frequency, results, path_inputs) for frequency, results in by_frequency.items()],
            "curve": curve,
        }
    )
    return written


def _make_path_inputs(market: Market, settings: RunSettings, inputs: StressInputs) -> _PathInputs:
    """What paths are drawn from and simulated with; blocks have the legs and the assets that any recipe holds."""
    runs = [evaluate(recipe, market, settings.execution) for recipe in inputs.recipes]
    first = common_start(market, runs, first_with_pair(market, settings))
    held_roles = [role for role in market.assets if any(run.targets[role].to_numpy().any() for run in runs)]
    source = make_path_source(market, first, settings, [*held_roles, *settings.legs])
    return _PathInputs(source, runs, [is_static(run) for run in runs], inputs)


def _results_by_strategy(
    path_inputs: _PathInputs, block_chances: Array, plan: PathPlan, dynamic: int
) -> list[PathResults | None]:
    """The results on drawn paths of each strategy, in order; None for one that is not static if `dynamic` is 0.

    `block_chances` are the chances with which the blocks of the history are drawn.
    """
    indices = np.arange(len(path_inputs.runs))
    static_indices = indices[np.array(path_inputs.static, bool)]
    other_indices = [index for index in indices.tolist() if index not in static_indices]
    shares = np.zeros((len(indices), 2)) if path_inputs.inputs.shares is None else path_inputs.inputs.shares
    results: list[PathResults | None] = [None] * len(indices)
    if len(static_indices):
        path_results = draw_paths(
            path_inputs.source,
            [path_inputs.runs[index] for index in static_indices],
            shares=shares[static_indices],
            chances=block_chances,
            plan=plan,
        )
        for column, index in enumerate(static_indices.tolist()):
            results[index] = _single_strategy(path_results, column)
    if other_indices and dynamic:
        trading = (path_inputs.inputs.execution, path_inputs.inputs.pair_settings)
        recipes = [path_inputs.inputs.recipes[index] for index in other_indices]
        smaller_plan = replace(plan, paths=min(dynamic, plan.paths))
        path_results = dynamic_paths(
            path_inputs.source, recipes, trading, shares=shares[other_indices], chances=block_chances, plan=smaller_plan
        )
        for column, index in enumerate(other_indices):
            results[index] = _single_strategy(path_results, column)
    return results


def _single_strategy(results: PathResults, column: int) -> PathResults:
    """The results of one of several strategies."""
    wealth, falls, growth, unpaid = (
        getattr(results, name)[:, [column]] for name in ("wealth", "falls", "growth", "unpaid")
    )
    return PathResults(wealth=wealth, falls=falls, growth=growth, unpaid=unpaid, windows=results.windows)


def _frequency_entry(times: float, results: list[PathResults | None], path_inputs: _PathInputs) -> Json:
    """The document's entry for one frequency: the distribution of every strategy's results."""
    sell_offs = next((result.windows.mean() for result in results if result is not None), float("nan"))
    strategies = {
        recipe.name: None if result is None else _distribution(result)
        for recipe, result in zip(path_inputs.inputs.recipes, results, strict=True)
    }
    return {"times": times, "joint_sell_offs": float(sell_offs), "strategies": strategies}


def _distribution(results: PathResults) -> Json:
    """Quantiles of final wealth and of the deepest fall, mean growth over the mix with its standard error, the share of
    paths on which the money runs out, and the mean number of years in which spending was not paid."""
    growth = results.growth[np.isfinite(results.growth)]
    error = float(growth.std(ddof=1) / np.sqrt(len(growth))) if len(growth) > 1 else float("nan")
    return {
        "paths": len(results.wealth),
        "wealth": dict(zip(map(str, QUANTILES), np.quantile(results.wealth, QUANTILES).tolist(), strict=True)),
        "deepest_fall": dict(zip(map(str, QUANTILES), np.quantile(results.falls, QUANTILES).tolist(), strict=True)),
        "growth_over_mix": float(growth.mean()) if len(growth) else float("nan"),
        "growth_error": error,
        "runs_out": float((results.unpaid > 0).mean()),
        "unpaid_years": float(results.unpaid.mean()),
    }


def _growth_curve(
    path_inputs: _PathInputs,
    plan: PathPlan,
    dynamic: int,
    tilts: TiltSearch,
    by_frequency: dict[float, list[PathResults | None]],
) -> Json:
    """The mean growth over the mix of each strategy by frequency, and the frequency at which it changes sign.

    Of the results that `by_frequency` has already, only as many paths are used as at the other frequencies.
    """
    mean_growth: dict[float, list[float]] = {}
    for times in CURVE_TIMES:
        try:
            results = by_frequency.get(times) or _results_by_strategy(path_inputs, tilts.find(times), plan, dynamic)
        except ScenarioError:  # more cannot be reached: the curve ends here
            break
        path_counts = [plan.paths if static else dynamic for static in path_inputs.static]
        mean_growth[times] = [
            float("nan") if result is None else float(np.nanmean(result.growth[:count]))
            for result, count in zip(results, path_counts, strict=True)
        ]
    by_strategy = np.array(list(mean_growth.values())).T.tolist()
    names = [recipe.name for recipe in path_inputs.inputs.recipes]
    return {
        "times": list(mean_growth),
        "paths": plan.paths,
        "dynamic_paths": min(dynamic, plan.paths),
        "growth_over_mix": dict(zip(names, by_strategy, strict=True)),
        "turns": {name: sign_change(list(mean_growth), row) for name, row in zip(names, by_strategy, strict=True)},
    }


def sign_change(times: list[float], growth: list[float]) -> float | str | None:
    """The frequency at which growth over the mix first changes sign, interpolated linearly.

    It is `ALWAYS_AHEAD` or `ALWAYS_BEHIND` if the sign never changes, and None if growth is zero throughout or NaN at
    any frequency.
    """
    values = np.array(growth)
    if not np.isfinite(values).all() or np.abs(values).max() < 1e-6:
        return None
    nonzero = np.flatnonzero(values)  # a value of zero lies on the line between those beside it
    frequencies, values = np.array(times)[nonzero], values[nonzero]
    changes = np.flatnonzero(np.diff(np.sign(values)))
    if not len(changes):
        return ALWAYS_AHEAD if values[0] > 0 else ALWAYS_BEHIND
    before = int(changes[0])
    share = values[before] / (values[before] - values[before + 1])
    return float(frequencies[before] + share * (frequencies[before + 1] - frequencies[before]))
