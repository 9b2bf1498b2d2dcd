"""Making the `StrategyResult` of each recipe from the analysis of a run, its resamples and its episodes."""

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
from backtester.runs.intervals import RunResamples, strategy_verdict
from backtester.runs.result import EpisodeAttribution, Scorecard, Slice, StrategyResult
from backtester.runs.step_spells import step_spells

HIT_RATE_PATH = "beyond_reference.hit_rate"
COUNTS = (  # figures of the scorecard that are whole numbers
    "acted",
    "days_under_water_reduction",
    *(f"beyond_{of}.{how}" for of in ("reference", "mix") for how in ("better", "worse")),
)


@dataclass(frozen=True, eq=False)
class EvaluatedRun:
    """The recipes of a run, simulated, the reference first.

    `evaluations`, `checks` for look-ahead and `audits` have an entry for each recipe. `parts` has the net asset values
    of parts of the recipes, by which an overlay's effect is measured. Verdicts allow for `tried` strategies.
    """

    evaluations: Sequence[Evaluation]
    checks: Sequence[CheckResult]
    audits: Sequence[float | None]
    parts: Navs
    tried: int


def strategy_results(
    run: EvaluatedRun, analysis: Analysis, drawn: RunResamples, view: EpisodeData
) -> tuple[StrategyResult, ...]:
    """The result of each recipe, in the order of the evaluations."""
    labels, sessions = recipe_labels([one.recipe for one in run.evaluations]), view.period.sessions
    payoffs = drawn.payoffs.to_numpy()
    parts, results = {name: part.reindex(sessions) for name, part in run.parts.items()}, []
    for place, evaluation in enumerate(run.evaluations):
        name, check = evaluation.recipe.name, run.checks[place]
        wide = widened(payoffs[:, place], run.tried)
        card = _card(analysis, drawn, view, place=place, tried=run.tried, wide=wide)
        sound = check.causal is not False  # a ruined book has no mix, and so is void
        results.append(
            StrategyResult(
                evaluation=evaluation,
                check=check,
                audit=run.audits[place],
                label=labels[place],
                nav=view.nav[name],
                mix_nav=pd.Series(analysis.mix_nav[place], sessions, name="mix"),
                verdict=strategy_verdict(analysis, len(view.period.joint), place=place, wide=wide, sound=sound),
                measures=_measures(evaluation, analysis, place),
                card=card,
                lines=annual_lines(evaluation.accounts, sessions),
                attribution=_attribution(evaluation, parts, view),
                step_spells=step_spells(evaluation, view.nav[name], view.nav[run.evaluations[0].recipe.name]),
            )
        )
    return tuple(results)


def _card(
    analysis: Analysis, drawn: RunResamples, view: EpisodeData, *, place: int, tried: int, wide: Interval
) -> Scorecard:
    figures: dict[str, float] = {"joint_sell_offs": len(view.period.windows.joint)}
    figures |= dict(zip(SCORECARD_FIGURES, analysis.scorecards[place].tolist(), strict=True))
    figures |= {name: int(figures[name]) for name in COUNTS if np.isfinite(figures[name])}
    better, acted = int(figures["beyond_reference.better"]), int(figures["acted"])
    payoffs = drawn.payoffs.iloc[:, place].to_numpy()
    nav, reference, joint = view.nav.iloc[:, place], view.nav.iloc[:, 0], view.period.joint
    median_days, recovered = median_recovery(nav, joint)
    return Scorecard(
        figures=figures,
        mix=dict(zip(view.period.pair_settings.legs, analysis.shares[place].tolist(), strict=True)),
        payoff_parts=dict(zip(PART_NAMES, analysis.parts[place].tolist(), strict=True)),
        placebo=analysis.placebos[place],
        smallest_clear=smallest_clear(payoffs, tried),
        intervals=drawn.intervals[place] | {HIT_RATE_PATH: wilson_interval(better, acted) if acted else None},
        payoff_widened=wide,
        sensitivity=drawn.sensitivity[place],
        slices=_slices(analysis, view, place),
        recovery={
            "median_days": median_days,
            "reference_median_days": median_recovery(reference, joint)[0],
            "recovered": recovered,
            "windows": len(joint),
        },
        calm_years=calm_year_excess(nav, reference, joint, view.period.market.calendar["year"].to_numpy()),
    )


def _measures(run: Evaluation, analysis: Analysis, place: int) -> Measures:
    """All measures by name; those against the reference are None for the reference itself."""
    own = named_measures(analysis.measured[place], analysis.inputs)
    against = dict.fromkeys(AGAINST_REFERENCE) if place == 0 else {}
    return own | against | account_measures(run.accounts, analysis.inputs.sessions)


def _slices(analysis: Analysis, view: EpisodeData, place: int) -> dict[str, tuple[Slice, ...]]:
    """The strategy's results in the joint sell-offs by regime, by decade and by cause."""
    joint, windows = view.period.windows.joint, view.period.joint
    levels = (analysis.nav[place], analysis.nav[0], analysis.mix_nav[place])
    moves = np.array([returns_in_windows(level, joint) for level in levels])
    signs = Counter(spell.sign for spell in spells(view.correlation, view.period.month_ends))
    kinds: dict[str, Callable[[Window], str]] = {"regime": view.regime, "decade": view.decade, "cause": view.cause}
    return {
        kind: tuple(
            _slice(name, moves[:, places], signs.get(name, 0) if kind == "regime" else None)
            for name, places in positions_by_name(windows, of_window).items()
        )
        for kind, of_window in kinds.items()
    }


def _slice(name: str, moves: Array, spells: int | None) -> Slice:
    own, reference, mix = moves
    return Slice(
        name=name,
        windows=len(own),
        spells=spells,
        lost_less=int((own - reference > TIE_RETURN).sum()),
        lost_more=int((reference - own > TIE_RETURN).sum()),
        mean_loss={key: -float(one.mean()) for key, one in zip(("strategy", "reference", "mix"), moves, strict=True)},
        payoff_mean=float((own - mix).mean()),
    )


def _attribution(run: Evaluation, parts: Navs, view: EpisodeData) -> dict[str, tuple[EpisodeAttribution | None, ...]]:
    """The attribution of the strategy's return in each episode, by kind of episode; None for a crisis in which it was
    not simulated."""
    period, lines = view.period, line_attribution(run.accounts, view.period.sessions)

    def episode(window: Window) -> EpisodeAttribution:
        return EpisodeAttribution(lines(window), tuple(overlay_attribution(run.recipe, parts, window)))

    return {
        "joint_sell_offs": tuple(episode(window) for window in period.joint),
        "drawdowns": tuple(episode(Window(fall.peak, fall.trough)) for fall in period.falls),
        "crises": tuple(
            episode(one.window) if one.window and one.period is period else None for one in view.crisis_periods
        ),
    }
