"""The document of a run: the result as JSON, which `run --json` prints. It only copies figures, and computes none.

Returns and shares are fractions, dates ISO texts, and undefined values null. schemas/run.json describes every key.
"""

import pandas as pd

from backtester.analysis.attribution import annual_turnover
from backtester.analysis.measures import calendar_months, calendar_years
from backtester.analysis.pair import PairSettings
from backtester.engine.execution import DEFAULT_BAND, default_rebalance
from backtester.engine.first_sessions import presence_of
from backtester.runs.assets import shown_assets
from backtester.runs.result import EpisodeAttribution, Result, Scorecard, StrategyResult
from backtester.runs.stress import stress_document
from backtester.runs.values import Json, clean, nested

SCHEMA = 3


def document(result: Result) -> Json:
    """The result as a document, without the key `files`, which only a run in a folder has."""
    period, pair = result.period, result.period.pair
    runs = [one.evaluation for one in result.strategies]
    legs = {"stocks": pair.stocks, "bonds": pair.bonds, "pair": pair.nav}
    written: Json = clean(
        {
            "schema": SCHEMA,
            "history": _history(result) | {"assets": shown_assets(result.full_market, runs)},
            "period": {
                "start": period.sessions[0],
                "end": period.sessions[-1],
                "sessions": len(period.sessions),
            },
            "settings": _settings(result),
            "resampling": _resampling(result),
            "strategies": [_strategy(one, result) for one in result.strategies],
            "drawdowns": result.drawdown_rows,
            "joint_sell_offs": result.joint_rows,
            "deepest_falls": period.deepest_falls,
            "left_out": result.left_out,
            "notes": result.notes,
            "chance": result.chances,
            "stock_sell_offs": result.cushions,
            "crises": result.crisis_rows,
            "dependence": result.dependence,
            "legs": {
                name: {"calendar_months": calendar_months(level), "calendar_years": calendar_years(level)}
                for name, level in legs.items()
            },
        }
    )
    if result.as_of is not None:
        written |= {"as_of": clean(result.as_of)}
    return written if result.stress is None else written | {"stress": stress_document(result.stress)}


def _history(result: Result) -> Json:
    """The full history, of which the measured period is a part.

    `slower` has those legs and held assets that have values less often than there are sessions. `begin_later` has the
    assets that begin more than a month after the history.
    """
    market, held = result.full_market, set(result.settings.legs)
    for one in result.strategies:
        weights = one.evaluation.accounts.weights
        held |= {str(role) for role in weights.columns[(weights != 0).any().to_numpy()]}
    late = market.sessions[0] + pd.DateOffset(months=1)
    begins = presence_of(market).begins
    begun = {role: market.sessions[first] for role, first in begins.items() if first is not None}
    return {
        "name": market.history.name,
        "title": market.history.table.title,
        "first": market.sessions[0],
        "last": market.sessions[-1],
        "sessions": len(market.sessions),
        "rhythm": market.rhythm.name,
        "slower": {role: name for role, name in market.slower_rhythms.items() if role in held},
        "sessions_a_year": market.rhythm.sessions_a_year,
        "sha256": market.history.sha256,
        "carried": market.carried,
        "begin_later": {role: first for role, first in begun.items() if first > late},
    }


def _settings(result: Result) -> Json:
    """The settings of the run, with the defaults that apply to its history filled in."""
    execution = result.settings.execution
    return {
        "lag": execution.lag,
        "rebalance": execution.rebalance or default_rebalance(result.full_market.rhythm),
        "band": DEFAULT_BAND if execution.band is None else execution.band,
        **execution.model_dump(include={"relative_band", "to_edge", "min_trade"}),
        "costs": execution.costs.model_dump(),
        "reference": result.strategies[0].name,
        **result.settings.model_dump(include={*PairSettings.model_fields, "rhythm", "resamples", "seed"}),
    }


def _resampling(result: Result) -> Json:
    """How the intervals were resampled, or why there are none."""
    plan = result.resampling.plan
    return {
        "resamples": plan.resamples if plan else 0,
        "used": result.resampling.used,
        "block_sessions": plan.block_sessions if plan else None,
        "joint_sell_offs": result.resampling.joint_sell_offs,
        "reason": result.resampling.reason,
    }


def _strategy(one: StrategyResult, result: Result) -> Json:
    """The entry of one strategy."""
    run, accounts = one.evaluation, one.evaluation.accounts
    written: Json = {
        "name": one.name,
        "recipe": run.recipe.full,
        "label": one.label,
        "verdict": one.verdict,
        "rebalance": str(run.schedule),
        "band": run.book.band,
        "causal": one.check.causal,
        "findings": [str(finding) for finding in one.check.findings],
        "cuts": one.check.cuts,
        "ruin_date": accounts.ruin,
        "ended": accounts.ended,
        "measures": one.measures,
        "calendar_years": calendar_years(one.nav),
        "calendar_months": calendar_months(one.nav),
        "calendar_turnover": annual_turnover(accounts, result.period.sessions),
        "lines": one.lines,
        "scorecard": _card(one.card),
        "attribution": {lens: [_episode(part) for part in parts] for lens, parts in one.attribution.items()},
        "states": one.step_spells,
        "steps": [
            {key: getattr(layer.step.strategy, key) for key in ("name", "summary", "sections", "sha256")}
            for layer in run.layers
        ],
    }
    audit = {"engine": "vectorbt", "max_abs_nav_difference": one.audit}
    return written if one.audit is None else written | {"audit": audit}


def _card(card: Scorecard) -> Json:
    """The scorecard of a strategy, with the figures nested by their dotted names."""
    figures, placebo = nested(card.figures), card.placebo and card.placebo._asdict()
    return figures | {
        "mix": card.mix,
        "payoff_parts": card.payoff_parts,
        "beyond_mix": figures["beyond_mix"] | {"smallest_clear": card.smallest_clear, "placebo": placebo},
        "sensitivity": card.sensitivity,
        "slices": card.slices,
        "recovery": card.recovery,
        "calm": [{"year": year, "difference": difference} for year, difference in card.calm_years.items()],
        "intervals": nested(card.intervals | {"beyond_mix.payoff_mean_of_all_tried": card.payoff_widened}),
    }


def _episode(episode: EpisodeAttribution | None) -> Json | None:
    return None if episode is None else vars(episode.lines) | {"overlays": episode.overlays}
