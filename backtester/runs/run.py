"""Carrying out a run: simulating and checking every recipe, finding the common period, and analysing it.

A recipe is a base strategy and its overlays; a mix, the fixed shares of the legs (the pair's stocks and bonds) and
bills that moved as a strategy did; `tried`, the number of strategies that verdicts allow for.
"""

import numpy as np
import pandas as pd

from backtester.analysis.analyse import Analysis, analyse
from backtester.analysis.attribution import part_navs
from backtester.analysis.base_rates import Cushion, RotationCount, cushion, rotated_windows, rotation_counts
from backtester.analysis.crises import read_crises
from backtester.analysis.dependence import dependence, rolling_correlations
from backtester.analysis.pair import DEFAULT_PAIR_SETTINGS, leg_levels
from backtester.analysis.period import Period, measure_period
from backtester.contract.check import CheckResult
from backtester.contract.check_cache import check_once
from backtester.engine.evaluate import Evaluation
from backtester.engine.layers import Layer
from backtester.engine.ledger import audit
from backtester.histories.market import Market, load_market
from backtester.runs.as_of import FullRun, year_end_verdicts
from backtester.runs.common_period import common_start, first_with_pair, period_notes
from backtester.runs.document import document
from backtester.runs.episodes import EpisodeData, crisis_periods, crisis_row, drawdown_row, joint_sell_off_row
from backtester.runs.evaluations import evaluations_of
from backtester.runs.inputs import RunInputs, read_inputs
from backtester.runs.intervals import run_resamples
from backtester.runs.needed_roles import needed_market
from backtester.runs.result import Result
from backtester.runs.settings import ReportProgress, RunSettings, no_report
from backtester.runs.strategy_results import EvaluatedRun, strategy_results
from backtester.runs.stress import StressResults, make_stress_inputs, scenario_results, scenario_start
from backtester.runs.summary import summary
from backtester.runs.summary_html import summary_html
from backtester.stress.build import ScenarioOptions

LONGEST_HISTORY = "us_1962"  # embedded; every run also counts there in how many falls of stocks bonds fell too


def carry_out(settings: RunSettings, report: ReportProgress = no_report) -> Result:
    """The result of the run that the settings describe.

    `report` is called with a message on each step and, if known, the share of the step that is done. Raise a
    BacktesterError if a history, strategy or setting is invalid.
    """
    report("Reading the history")
    return carry_out_on(read_inputs(settings), settings, report)


def carry_out_on(inputs: RunInputs, settings: RunSettings, report: ReportProgress = no_report) -> Result:
    """The result of a run on these inputs, whatever history and recipes the settings name."""
    market = needed_market(settings, inputs.recipes, inputs.history) if inputs.market is None else inputs.market
    legs = leg_levels(market, settings)
    evaluations, left_out = evaluations_of(settings, inputs.recipes, market, report)
    checks = _look_ahead_checks(evaluations, market, report)
    audits = _audits(settings, evaluations, report)
    first = common_start(market, evaluations, first_with_pair(market, settings))
    period = measure_period(market.since(first), settings)
    report("Finding what each overlay adds")
    parts = part_navs(evaluations, market, settings.execution)
    report("Measuring against mixes")
    analysis = analyse(evaluations, evaluations[0], period)
    resampling = run_resamples(settings, evaluations, analysis, period=period, report=report)
    correlations = rolling_correlations(legs, market.calendar["month"], market.rhythm).loc[period.sessions]
    episodes = EpisodeData(
        period=period,
        nav=pd.DataFrame(analysis.nav.T, period.sessions, [run.recipe.name for run in evaluations]),
        crisis_periods=crisis_periods(read_crises(settings.data), period, settings),
        correlation=correlations["correlation_36_months"],
    )
    evaluated = EvaluatedRun(evaluations, checks, audits, parts, tried=inputs.tried or max(1, len(evaluations) - 1))
    full = FullRun(market, evaluations, checks=checks, analysis=analysis, period=period, tried=inputs.tried)
    return Result(
        settings=settings,
        full_market=market,
        period=period,
        strategies=strategy_results(evaluated, analysis, resampling, episodes),
        left_out=tuple(left_out),
        notes=(*inputs.notes, *period_notes(market, evaluations, settings, first)),
        command=inputs.command,
        joint_rows=tuple(joint_sell_off_row(episodes, window) for window in period.joint),
        drawdown_rows=tuple(drawdown_row(episodes, fall) for fall in period.falls),
        crisis_rows=tuple(crisis_row(episodes, crisis) for crisis in episodes.crisis_periods),
        crisis_hashes=_market_hashes(episodes),
        chances=_chance_counts(episodes, seed=settings.seed),
        cushions=_stock_sell_offs(settings, period),
        correlations=correlations,
        dependence=dependence(legs.loc[period.sessions], period.market, episodes.correlation),
        resampling=resampling,
        stress=_scenario_results(settings, market, evaluations, analysis=analysis, report=report),
        as_of=year_end_verdicts(settings, full, report),
        to_html=_notebook_html,
    )


def _audits(settings: RunSettings, evaluations: list[Evaluation], report: ReportProgress) -> list[float | None]:
    """For each recipe the largest difference between the net asset values of both engines; None unless asked for."""
    if not settings.audit:
        return [None] * len(evaluations)
    report("Keeping every book again with vectorbt")
    return [audit(run.book, run.accounts.nav) for run in evaluations]


def _scenario_results(
    settings: RunSettings, market: Market, runs: list[Evaluation], analysis: Analysis, report: ReportProgress
) -> StressResults | None:
    """The results of the run's recipes in the scenarios that the settings name, after the last session; None without
    any."""
    if not settings.stress:
        return None
    recipes = [run.recipe for run in runs]
    starting_point = scenario_start(settings, market.history, recipes, market.sessions[-1].date())
    inputs = make_stress_inputs(settings, recipes, analysis.shares)
    options = ScenarioOptions(data=settings.data)
    return scenario_results(settings, starting_point, inputs, options=options, report=report)


def _market_hashes(episodes: EpisodeData) -> dict[str, str]:
    """The hash of each market in which crises were measured, by its history's name."""
    markets = [crisis.period.market for crisis in episodes.crisis_periods if crisis.period]
    return {market.history.name: market.sha256 for market in markets}


def _notebook_html(result: Result) -> str:
    """The HTML that a notebook shows of a result."""
    return summary_html(summary(document(result)))


def _chance_counts(episodes: EpisodeData, *, seed: int) -> dict[str, list[RotationCount]]:
    """How many joint sell-offs there were, and how many chance would give (returns of bonds rotated against those of
    stocks): in all, by decade of the first close, and by regime (the sign of the legs' correlation) at it."""
    period, joint = episodes.period, episodes.period.windows.joint
    rotated, dates = rotated_windows(period, seed=seed), period.sessions
    decades = dates.year.to_numpy() // 10
    regimes = np.sign(episodes.correlation.to_numpy())
    labels = {
        "all": [("all", np.ones(len(dates)))],
        "decade": [(f"{decade}0s", (decades == decade) * 1.0) for decade in np.unique(decades).tolist()],
        "regime": [(name, (regimes == sign) * 1.0) for name, sign in (("negative", -1), ("positive", 1))],
    }
    return {kind: rotation_counts(joint, rotated, masks) for kind, masks in labels.items()}


def _stock_sell_offs(settings: RunSettings, period: Period) -> tuple[Cushion, ...]:
    """In how many stock sell-offs bonds fell too: in the run's period and, if the pair is stocks and bonds, in the
    longest embedded history."""
    of_run = cushion(period)
    if settings.history == LONGEST_HISTORY or settings.legs != DEFAULT_PAIR_SETTINGS.legs:
        return (of_run,)
    market = load_market(LONGEST_HISTORY, roles=["stocks", "bonds"])
    has_both_legs = market.levels[["stocks", "bonds"]].notna().all(axis=1).to_numpy()
    return of_run, cushion(measure_period(market.since(int(has_both_legs.argmax()))))


def _look_ahead_checks(
    evaluations: list[Evaluation], market: Market, report: ReportProgress
) -> tuple[CheckResult, ...]:
    """The short check for look-ahead (at few cuts of the history) of each recipe: of its base strategy and overlays.

    Recipes that begin with the same steps share the checks of these steps.
    """
    report("Checking that strategies know only the past")
    known: dict[tuple[str, ...], CheckResult] = {}

    def layer_check(layers: tuple[Layer, ...]) -> CheckResult:
        """The check of the last of a recipe's first layers, its steps with their weights."""
        key = tuple(layer.step.spelled(tuple(layer.step.settings)) for layer in layers)
        if key not in known:
            known[key] = check_once(layers[-1], market)
        return known[key]

    checks = []
    for run in evaluations:
        layer_checks = [layer_check(run.layers[: depth + 1]) for depth in range(len(run.layers))]
        findings = tuple(finding for check in layer_checks for finding in check.findings)
        checkable = all(check.checkable for check in layer_checks)
        checks.append(CheckResult(findings, cuts=layer_checks[-1].cuts, checkable=checkable))
    return tuple(checks)
