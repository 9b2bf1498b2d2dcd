"""Carrying out `stress frequency`: the fates of strategies as joint sell-offs come more often, written down."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from backtester.arrays import Array
from backtester.engine.evaluate import Evaluation, evaluate
from backtester.errors import ScenarioError
from backtester.runs.common_period import common_start, first_with_pair
from backtester.runs.settings import ReportProgress, RunSettings, no_report
from backtester.runs.stress_run import prepare, stressed_recipes
from backtester.runs.values import Json, clean
from backtester.stress.dynamic import dynamic_paths
from backtester.stress.frequency import PathSource, draw_paths, is_static, make_path_source, sessions_of
from backtester.stress.outcomes import StressInputs
from backtester.stress.path_results import SPENDING_GROWTH, PathPlan, PathResults
from backtester.stress.tilt import TiltSearch

FREQUENCY_SCHEMA = 1
CURVE_TIMES = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)  # times as frequent, at which growth over the mix is looked for a sign
CURVE_PATHS = 400
CURVE_DYNAMIC = 20
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
ALWAYS_AHEAD, ALWAYS_BEHIND = "ahead at every k", "behind at every k"


@dataclass(frozen=True, eq=False)
class _Bench:
    """All that paths are drawn with: the deck, the recipes' evaluations, which of them are static, and the inputs."""

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
    """The document: what became of each strategy with joint sell-offs as frequent as they were and `times` as frequent,
    and at which frequency its growth over its mix changes sign."""
    starting_point, inputs, left_out = prepare(settings, at, report)
    runs = [evaluate(recipe, starting_point.market, settings.execution) for recipe in inputs.recipes]
    first = common_start(starting_point.market, runs, first_with_pair(starting_point.market, settings))
    held = [role for role in starting_point.market.assets if any(run.targets[role].to_numpy().any() for run in runs)]
    source = make_path_source(starting_point.market, first, settings, [*held, *settings.legs])
    sessions, end = source.market.sessions, starting_point.last_session
    bench = _Bench(source, runs, [is_static(run) for run in runs], inputs)
    tilts = TiltSearch(source.blocks, sessions_of(source, plan.years), plan.seed)
    found: dict[float, list[PathResults | None]] = {}
    for place, one in enumerate(dict.fromkeys((1.0, times))):
        report(f"Drawing paths at {one:g} times", place / 2)
        found[one] = _fates(bench, tilts.find(one), plan, dynamic)
    report("Looking for the frequency at which growth over the mix changes sign")
    curve = _curve(bench, replace(plan, paths=min(plan.paths, CURVE_PATHS)), min(dynamic, CURVE_DYNAMIC), tilts, found)
    written: Json = clean(
        {
            "schema": FREQUENCY_SCHEMA,
            "history": {"name": starting_point.history.name, "title": starting_point.history.table.title},
            "period": {"start": sessions[0], "end": end, "joint_sell_offs": len(source.blocks.windows)},
            "paths": plan.paths,
            "dynamic_paths": dynamic,
            "years": plan.years,
            "seed": plan.seed,
            "spend": plan.spend,
            "spend_rise": SPENDING_GROWTH,
            "block_sessions": source.blocks.block_sessions,
            "strategies": stressed_recipes(inputs.recipes),
            "static": bench.static,
            "left_out": left_out,
            "at": [_written(k, results, bench) for k, results in found.items()],
            "curve": curve,
        }
    )
    return written


def _fates(bench: _Bench, chances: Array, plan: PathPlan, dynamic: int) -> list[PathResults | None]:
    """The fates of each strategy by itself, in their order."""
    places = np.arange(len(bench.runs))
    static = places[np.array(bench.static, bool)]
    others = [place for place in places.tolist() if place not in static]
    shares = np.zeros((len(places), 2)) if bench.inputs.shares is None else bench.inputs.shares
    results: list[PathResults | None] = [None] * len(places)
    if len(static):
        drawn = draw_paths(bench.source, [bench.runs[place] for place in static], shares[static], chances, plan)
        for column, place in enumerate(static.tolist()):
            results[place] = _one(drawn, column)
    if others and dynamic:
        trading = (bench.inputs.execution, bench.inputs.pair_settings)
        recipes = [bench.inputs.recipes[place] for place in others]
        fewer = replace(plan, paths=min(dynamic, plan.paths))
        drawn = dynamic_paths(bench.source, recipes, trading, shares[others], chances, fewer)
        for column, place in enumerate(others):
            results[place] = _one(drawn, column)
    return results


def _one(results: PathResults, column: int) -> PathResults:
    """The fates of one strategy."""
    wealth, falls, growth, unpaid = (
        getattr(results, name)[:, [column]] for name in ("wealth", "falls", "growth", "unpaid")
    )
    return PathResults(wealth, falls, growth, unpaid, results.windows)


def _written(times: float, results: list[PathResults | None], bench: _Bench) -> Json:
    """Distributions of every strategy at one frequency."""
    counted = next((one.windows.mean() for one in results if one is not None), float("nan"))
    strategies = {
        recipe.name: None if one is None else _distribution(one)
        for recipe, one in zip(bench.inputs.recipes, results, strict=True)
    }
    return {"times": times, "joint_sell_offs": float(counted), "strategies": strategies}


def _distribution(one: PathResults) -> Json:
    """Quantiles of wealth and falls, the mean growth over the mix and its error, and what is left unpaid."""
    growth = one.growth[np.isfinite(one.growth)]
    error = float(growth.std(ddof=1) / np.sqrt(len(growth))) if len(growth) > 1 else float("nan")
    return {
        "paths": len(one.wealth),
        "wealth": dict(zip(map(str, QUANTILES), np.quantile(one.wealth, QUANTILES).tolist(), strict=True)),
        "deepest_fall": dict(zip(map(str, QUANTILES), np.quantile(one.falls, QUANTILES).tolist(), strict=True)),
        "growth_over_mix": float(growth.mean()) if len(growth) else float("nan"),
        "growth_error": error,
        "runs_out": float((one.unpaid > 0).mean()),
        "unpaid_years": float(one.unpaid.mean()),
    }


def _curve(
    bench: _Bench, plan: PathPlan, dynamic: int, tilts: TiltSearch, found: dict[float, list[PathResults | None]]
) -> Json:
    """The mean growth over the mix of each strategy by frequency, and where it changes sign: on the first of the paths
    that were drawn at a frequency, or on as many drawn now."""
    means: dict[float, list[float]] = {}
    for times in CURVE_TIMES:
        try:
            results = found.get(times) or _fates(bench, tilts.find(times), plan, dynamic)
        except ScenarioError:  # more cannot be reached: the curve ends here
            break
        first = [plan.paths if static else dynamic for static in bench.static]
        means[times] = [
            float("nan") if one is None else float(np.nanmean(one.growth[:count]))
            for one, count in zip(results, first, strict=True)
        ]
    by_strategy = np.array(list(means.values())).T.tolist()
    names = [recipe.name for recipe in bench.inputs.recipes]
    return {
        "times": list(means),
        "paths": plan.paths,
        "dynamic_paths": min(dynamic, plan.paths),
        "growth_over_mix": dict(zip(names, by_strategy, strict=True)),
        "turns": {name: sign_change(list(means), row) for name, row in zip(names, by_strategy, strict=True)},
    }


def sign_change(times: list[float], growth: list[float]) -> float | str | None:
    """The frequency at which growth over the mix first changes sign, by a line between two; in words where it never
    does, None where it is nothing throughout or not known."""
    values = np.array(growth)
    if not np.isfinite(values).all() or np.abs(values).max() < 1e-6:
        return None
    signed = np.flatnonzero(values)  # a value of zero lies on the line between those beside it
    places, values = np.array(times)[signed], values[signed]
    change = np.flatnonzero((values[1:] > 0) != (values[:-1] > 0))
    if not len(change):
        return ALWAYS_AHEAD if values[0] > 0 else ALWAYS_BEHIND
    at = int(change[0])
    part = values[at] / (values[at] - values[at + 1])
    return float(places[at] + part * (places[at + 1] - places[at]))
