"""The document of a run: the result as JSON, which `run --json` prints.

Figures are copied from the result; only returns and turnover by calendar month and year are taken from its series here.
Returns and shares are fractions, dates ISO texts, and undefined values null. schemas/run.json describes every key. A
role is the name under which the history has a series; the legs are the stocks and the bonds of the run's pair; a
rhythm, how often sessions come, daily to quarterly.
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

SCHEMA = 3  # of the document: raised when a key changes its meaning


def document(result: Result) -> Json:
    """The result as a document, without the key `files`, which only a run in a folder has."""
    period, pair = result.period, result.period.pair
    runs = [strategy.evaluation for strategy in result.strategies]
    legs = {"stocks": pair.stocks, "bonds": pair.bonds, "pair": pair.nav}
    written: Json = clean(
        {
            "schema": SCHEMA,
            "history": _history_entry(result) | {"assets": shown_assets(result.full_market, runs)},
            "period": {
                "start": period.sessions[0],
                "end": period.sessions[-1],
                "sessions": len(period.sessions),
            },
            "settings": _settings_entry(result),
            "resampling": _resampling_entry(result),
            "strategies": [_strategy_entry(strategy, result) for strategy in result.strategies],
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


def _history_entry(result: Result) -> Json:
    """The full history, of which the measured period is a part.

    `slower` has those legs and held assets that have values less often than there are sessions. `begin_later` has the
    assets that begin more than a month after the history.
    """
    market, shown_roles = result.full_market, set(result.settings.legs)
    for strategy in result.strategies:
        weights = strategy.evaluation.accounts.weights
        shown_roles |= {str(role) for role in weights.columns[(weights != 0).any().to_numpy()]}
    late = market.sessions[0] + pd.DateOffset(months=1)  # an asset that begins after this is reported
    begins = presence_of(market).begins
    first_sessions = {role: market.sessions[session] for role, session in begins.items() if session is not None}
    return {
        "name": market.history.name,
        "title": market.history.table.title,
        "first": market.sessions[0],
        "last": market.sessions[-1],
        "sessions": len(market.sessions),
        "rhythm": market.rhythm.name,
        "slower": {role: name for role, name in market.slower_rhythms.items() if role in shown_roles},
        "sessions_a_year": market.rhythm.sessions_a_year,
        "sha256": market.history.sha256,
        "carried": market.carried,
        "begin_later": {role: session for role, session in first_sessions.items() if session > late},
    }


def _settings_entry(result: Result) -> Json:
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


def _resampling_entry(result: Result) -> Json:
    """How the intervals were resampled, or why there are none."""
    plan = result.resampling.plan
    return {
        "resamples": plan.resamples if plan else 0,
        "used": result.resampling.used,
        "block_sessions": plan.block_sessions if plan else None,
        "joint_sell_offs": result.resampling.joint_sell_offs,
        "reason": result.resampling.reason,
    }


def _strategy_entry(strategy: StrategyResult, result: Result) -> Json:
    """The entry of one strategy."""
    evaluation, accounts = strategy.evaluation, strategy.evaluation.accounts
    written: Json = {
        "name": strategy.name,
        "recipe": evaluation.recipe.full,
        "label": strategy.label,
        "verdict": strategy.verdict,
        "rebalance": str(evaluation.schedule),
        "band": evaluation.book.band,
        "causal": strategy.check.causal,
        "findings": [str(finding) for finding in strategy.check.findings],
        "cuts": strategy.check.cuts,
        "ruin_date": accounts.ruin,
        "ended": accounts.ended,
        "measures": strategy.measures,
        "calendar_years": calendar_years(strategy.nav),
        "calendar_months": calendar_months(strategy.nav),
        "calendar_turnover": annual_turnover(accounts, result.period.sessions),
        "lines": strategy.lines,
        "scorecard": _scorecard_entry(strategy.card),
        "attribution": {
            kind: [_attribution_entry(episode) for episode in episodes]
            for kind, episodes in strategy.attribution.items()
        },
        "states": strategy.step_spells,
        "steps": [
            {key: getattr(layer.step.strategy, key) for key in ("name", "summary", "sections", "sha256")}
            for layer in evaluation.layers
        ],
    }
    audit = {"engine": "vectorbt", "max_abs_nav_difference": strategy.audit}
    return written if strategy.audit is None else written | {"audit": audit}


def _scorecard_entry(scorecard: Scorecard) -> Json:
    """The scorecard of a strategy, with the figures nested by their dotted names."""
    figures, placebo = nested(scorecard.figures), scorecard.placebo and scorecard.placebo._asdict()
    return figures | {
        "mix": scorecard.mix,
        "payoff_parts": scorecard.payoff_parts,
        "beyond_mix": figures["beyond_mix"] | {"smallest_clear": scorecard.smallest_clear, "placebo": placebo},
        "sensitivity": scorecard.sensitivity,
        "slices": scorecard.slices,
        "recovery": scorecard.recovery,
        "calm": [{"year": year, "difference": difference} for year, difference in scorecard.calm_years.items()],
        "intervals": nested(scorecard.intervals | {"beyond_mix.payoff_mean_of_all_tried": scorecard.payoff_widened}),
    }


def _attribution_entry(episode: EpisodeAttribution | None) -> Json | None:
    """The parts of a strategy's return in one episode, a joint sell-off, drawdown or crisis; None without them."""
    return None if episode is None else vars(episode.lines) | {"overlays": episode.overlays}
