"""The table of evidence: the results of every strategy at its defaults on each history, over the longest period.

1. `evidence_lines` simulates all strategies on a history, groups those with the same first session, and carries out
   each group with `run.carry_out_on`. Verdicts allow for all strategies, not only those of the group.
2. `evidence_page.evidence_cells` turns a line into text, and `evidence_page.evidence_markdown` the lines into a page.

An overlay is a strategy that changes another's weights; a recipe, a base strategy and its overlays; the reference, the
recipe that all are compared with; a regime, the sign of the correlation of stocks and bonds.
"""

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from backtester.engine.evaluate import Evaluation, evaluate_many
from backtester.errors import BacktesterError, MissingRoleError, result_or_error
from backtester.histories.manifest import histories_or_errors
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import Recipe, parse_recipe
from backtester.plugins.strategy import Strategy
from backtester.runs.common_period import common_start, first_with_pair
from backtester.runs.evidence_line import EvidenceLine
from backtester.runs.inputs import RunInputs
from backtester.runs.needed_roles import needed_market
from backtester.runs.result import Result, StrategyResult
from backtester.runs.run import carry_out_on
from backtester.runs.settings import DEFAULT_REFERENCE, ReportProgress, RunSettings, no_report

HISTORIES = ("us", "us_1962", "us_long")  # the last is built from files that do not come with the program


def evidence_histories(data: Path | None = None) -> list[str]:
    """The names in `HISTORIES` of which there is a history, embedded or in the folder `data`."""
    known = histories_or_errors(data)
    return [name for name in HISTORIES if name in known]


def evidence_lines(
    library: Library,
    history: str,
    data: Path | None = None,
    *,
    only: Collection[str] | None = None,
    report: ReportProgress = no_report,
) -> list[EvidenceLine]:
    """A line for each strategy but the reference, in the library's order; with `only`, a line for each of these.

    An overlay is put on top of the reference. Verdicts allow for all strategies that can run on the history, even if
    `only` names some. Raise DataError if there is no such history.
    """
    names = [name for name in library.strategies if name != DEFAULT_REFERENCE]
    recipes = {name: parse_recipe(evidence_recipe(library.strategies[name]), library) for name in names}
    reference = parse_recipe(DEFAULT_REFERENCE, library)
    settings = RunSettings(history=history, data=data, recipes=tuple(recipe.full for recipe in recipes.values()))
    market = needed_market(settings, [reference, *recipes.values()])
    report(f"Simulating {len(recipes)} strategies on {history}")
    starts = dict(zip(recipes, _first_sessions([reference, *recipes.values()], market, settings), strict=True))
    lines = {
        name: EvidenceLine(name, recipes[name].name, history, why_not=_reason(start))
        for name, start in starts.items()
        if isinstance(start, BacktesterError)
    }
    starts_of_runnable = {name: start for name, start in starts.items() if isinstance(start, int)}
    wanted = {name: start for name, start in starts_of_runnable.items() if only is None or name in only}
    for start in dict.fromkeys(wanted.values()):
        names_in_group = {recipes[name].name: name for name, first_session in wanted.items() if first_session == start}
        group = [reference, *(recipes[name] for name in names_in_group.values())]
        tried = len(starts_of_runnable)  # the number of strategies that verdicts allow for
        inputs = RunInputs(group, market.history, market, notes=(), command="", tried=tried)
        result = carry_out_on(inputs, settings, report)
        lines |= {
            names_in_group[strategy.name]: _evidence_line(names_in_group[strategy.name], strategy, result)
            for strategy in result.strategies[1:]
        }
    return [
        replace(lines[name], full=recipes[name].full, sha256=_hashes(reference, recipes[name]))
        for name in names
        if name in lines and (only is None or name in only)
    ]


def evidence_recipe(strategy: Strategy) -> str:
    """The recipe of a strategy at its defaults; an overlay is put on top of the reference."""
    return f"{DEFAULT_REFERENCE} + {strategy.name}" if strategy.is_overlay else strategy.name


def _first_sessions(recipes: Sequence[Recipe], market: Market, settings: RunSettings) -> list[int | BacktesterError]:
    """For each recipe but the reference, which is the first, the index of the first session on which it and the
    reference can be measured, or the error that keeps it from running."""
    reference, *runs = evaluate_many([(recipe, settings.execution) for recipe in recipes], market)
    if isinstance(reference, BacktesterError):
        raise reference
    opening = first_with_pair(market, settings)

    def start(run: Evaluation | BacktesterError) -> int:
        """The index of the first session for one recipe; raise its error if it cannot run."""
        if isinstance(run, BacktesterError):
            raise run
        return common_start(market, [reference, run], opening)

    return [result_or_error(partial(start, run)) for run in runs]


def _reason(error: BacktesterError) -> str:
    """Why a strategy cannot run: the role that is missing, else the error's message without strategy, file and type."""
    if isinstance(error, MissingRoleError):
        return f"needs {error.role}"
    return re.sub(r"^strategy .*?\): (\w+Error: )?", "", str(error))


def _evidence_line(name: str, strategy: StrategyResult, result: Result) -> EvidenceLine:
    """The line of a strategy, with the figures of its result."""
    scorecard, dates = strategy.card, result.period.sessions
    return EvidenceLine(
        strategy=name,
        recipe=strategy.name,
        history=result.settings.history,
        start=str(dates[0].date()),
        end=str(dates[-1].date()),
        windows=len(result.period.joint),
        acted=int(scorecard.figures["acted"]),
        lost_less=int(scorecard.figures["beyond_reference.better"]),
        payoff=_none_if_nan(scorecard.figures["beyond_mix.payoff_mean"]),
        interval=scorecard.intervals.get("beyond_mix.payoff_mean"),
        smallest_clear=_none_if_nan(scorecard.smallest_clear),
        growth=_none_if_nan(scorecard.figures["growth_annual.over_mix.total"]),
        regimes={regime.name: (regime.windows, regime.payoff_mean) for regime in scorecard.slices["regime"]},
        verdict=strategy.verdict,
    )


def _hashes(*recipes: Recipe) -> dict[str, str]:
    """The hash of the file of each step of the recipes, by the strategy's name."""
    return {step.strategy.name: step.strategy.sha256 for recipe in recipes for step in recipe.steps}


def _none_if_nan(value: float) -> float | None:
    """The value, or None for NaN, which JSON does not have."""
    return None if math.isnan(value) else value
