"""Making the `StrategyResult` of each recipe from the analysis of a run, its resamples and its episodes.

Episodes are the joint sell-offs, drawdowns of the pair and crises. A mix is the fixed shares of stocks, bonds and bills
that moved as the strategy did; a regime, the sign of the correlation of stocks and bonds.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.aftermath import calm_year_excess, median_recovery
from backtester.analysis.analyse import Analysis
from backtester.analysis.attribution import Navs, account_measures, annual_lines, line_attribution, overlay_attribution
from backtester.analysis.dependence import spells
from backtester.analysis.measures import AGAINST_REFERENCE, Measures, named_measures
from backtester.analysis.payoff_parts import PART_NAMES
from backtester.analysis.resample import smallest_clear, widened
from backtester.analysis.scorecard import SCORECARD_FIGURES, TIE_RETURN, returns_in_windows
from backtester.analysis.shares import wilson_interval
from backtester.analysis.windows import Window
from backtester.arrays import Array, Interval
from backtester.contract.check import CheckResult
from backtester.engine.evaluate import Evaluation
from backtester.plugins.recipes import recipe_labels
from backtester.runs.episodes import EpisodeData, positions_by_name
from backtester.runs.intervals import RunResamples
from backtester.runs.result import EpisodeAttribution, Scorecard, Slice, StrategyResult
from backtester.runs.step_spells import step_spells
from backtester.runs.strategy_verdict import strategy_verdict

HIT_RATE_PATH = "beyond_reference.hit_rate"  # a figure's name: the keys that lead to it in the document's scorecard
WHOLE_NUMBERS = (  # figures of the scorecard that are whole numbers
    "acted",
    "days_under_water_reduction",
    *(f"beyond_{of}.{how}" for of in ("reference", "mix") for how in ("better", "worse")),
)


@dataclass(frozen=True, eq=False)
class EvaluatedRun:
    """The recipes of a run, simulated, the reference first.

    `evaluations`, `checks` for look-ahead and `audits` (the largest difference from a second engine, or None) have an
    entry for each recipe. `parts` has the net asset values of parts of the recipes, by which an overlay's effect is
    measured. Verdicts allow for `tried` strategies.
    """

    evaluations: Sequence[Evaluation]
    checks: Sequence[CheckResult]
    audits: Sequence[float | None]
    parts: Navs
    tried: int


def strategy_results(
    run: EvaluatedRun, analysis: Analysis, resampling: RunResamples, episodes: EpisodeData
) -> tuple[StrategyResult, ...]:
    """The result of each recipe, in the order of the evaluations."""
    labels, sessions = recipe_labels([evaluation.recipe for evaluation in run.evaluations]), episodes.period.sessions
    payoffs = resampling.payoffs.to_numpy()
    parts, results = {name: part.reindex(sessions) for name, part in run.parts.items()}, []
    for index, evaluation in enumerate(run.evaluations):
        name, check = evaluation.recipe.name, run.checks[index]
        widened_interval = widened(payoffs[:, index], run.tried)
        scorecard = _scorecard(
            analysis, resampling, episodes, index=index, tried=run.tried, widened_interval=widened_interval
        )
        sound = check.causal is not False  # a ruined book has no mix, and so is void
        results.append(
            StrategyResult(
                evaluation=evaluation,
                check=check,
                audit=run.audits[index],
                label=labels[index],
                nav=episodes.nav[name],
                mix_nav=pd.Series(analysis.mix_nav[index], sessions, name="mix"),
                verdict=strategy_verdict(
                    analysis, len(episodes.period.joint), index=index, widened=widened_interval, sound=sound
                ),
                measures=_measures(evaluation, analysis, index),
                card=scorecard,
                lines=annual_lines(evaluation.accounts, sessions),
                attribution=_attribution(evaluation, parts, episodes),
                step_spells=step_spells(evaluation, episodes.nav[name], episodes.nav[run.evaluations[0].recipe.name]),
            )
        )
    return tuple(results)


def _scorecard(
    analysis: Analysis,
    resampling: RunResamples,
    episodes: EpisodeData,
    *,
    index: int,
    tried: int,
    widened_interval: Interval,
) -> Scorecard:
    """The scorecard of the strategy with this index; `tried` is the number of strategies that verdicts allow for."""
    figures: dict[str, float] = {"joint_sell_offs": len(episodes.period.windows.joint)}
    figures |= dict(zip(SCORECARD_FIGURES, analysis.scorecards[index].tolist(), strict=True))
    figures |= {name: int(figures[name]) for name in WHOLE_NUMBERS if np.isfinite(figures[name])}
    better, acted = int(figures["beyond_reference.better"]), int(figures["acted"])
    payoffs = resampling.payoffs.iloc[:, index].to_numpy()
    nav, reference, joint = episodes.nav.iloc[:, index], episodes.nav.iloc[:, 0], episodes.period.joint
    median_days, recovered = median_recovery(nav, joint)
    return Scorecard(
        figures=figures,
        mix=dict(zip(episodes.period.pair_settings.legs, analysis.shares[index].tolist(), strict=True)),
        payoff_parts=dict(zip(PART_NAMES, analysis.parts[index].tolist(), strict=True)),
        placebo=analysis.placebos[index],
        smallest_clear=smallest_clear(payoffs, tried),
        intervals=resampling.intervals[index] | {HIT_RATE_PATH: wilson_interval(better, acted) if acted else None},
        payoff_widened=widened_interval,
        sensitivity=resampling.sensitivity[index],
        slices=_slices(analysis, episodes, index),
        recovery={
            "median_days": median_days,
            "reference_median_days": median_recovery(reference, joint)[0],
            "recovered": recovered,
            "windows": len(joint),
        },
        calm_years=calm_year_excess(nav, reference, joint, episodes.period.market.calendar["year"].to_numpy()),
    )


def _measures(run: Evaluation, analysis: Analysis, index: int) -> Measures:
    """All measures by name; those against the reference are None for the reference itself."""
    measures = named_measures(analysis.measured[index], analysis.inputs)
    undefined = dict.fromkeys(AGAINST_REFERENCE) if index == 0 else {}
    return measures | undefined | account_measures(run.accounts, analysis.inputs.sessions)


def _slices(analysis: Analysis, episodes: EpisodeData, index: int) -> dict[str, tuple[Slice, ...]]:
    """The strategy's results in the joint sell-offs by regime, by decade and by cause."""
    joint, windows = episodes.period.windows.joint, episodes.period.joint
    levels = (analysis.nav[index], analysis.nav[0], analysis.mix_nav[index])
    returns = np.array([returns_in_windows(level, joint) for level in levels])
    spell_counts = Counter(spell.sign for spell in spells(episodes.correlation, episodes.period.month_ends))
    kinds: dict[str, Callable[[Window], str]] = {
        "regime": episodes.regime,
        "decade": episodes.decade,
        "cause": episodes.cause,
    }
    return {
        kind: tuple(
            _slice(name, returns[:, indices], spell_counts.get(name, 0) if kind == "regime" else None)
            for name, indices in positions_by_name(windows, of_window).items()
        )
        for kind, of_window in kinds.items()
    }


def _slice(name: str, returns: Array, spells: int | None) -> Slice:
    """A strategy in one slice, from `returns` (strategy, reference and mix x windows); `spells` as in `Slice`."""
    strategy, reference, mix = returns
    return Slice(
        name=name,
        windows=len(strategy),
        spells=spells,
        lost_less=int((strategy - reference > TIE_RETURN).sum()),
        lost_more=int((reference - strategy > TIE_RETURN).sum()),
        mean_loss={key: -float(row.mean()) for key, row in zip(("strategy", "reference", "mix"), returns, strict=True)},
        payoff_mean=float((strategy - mix).mean()),
    )


def _attribution(
    run: Evaluation, parts: Navs, episodes: EpisodeData
) -> dict[str, tuple[EpisodeAttribution | None, ...]]:
    """The attribution of the strategy's return in each episode, by kind of episode; None for a crisis in which it was
    not simulated."""
    period, lines = episodes.period, line_attribution(run.accounts, episodes.period.sessions)

    def episode(window: Window) -> EpisodeAttribution:
        """The attribution of the return in one window."""
        return EpisodeAttribution(lines(window), tuple(overlay_attribution(run.recipe, parts, window)))

    return {
        "joint_sell_offs": tuple(episode(window) for window in period.joint),
        "drawdowns": tuple(episode(Window(fall.peak, fall.trough)) for fall in period.falls),
        "crises": tuple(
            episode(crisis.window) if crisis.window and crisis.period is period else None
            for crisis in episodes.crisis_periods
        ),
    }
