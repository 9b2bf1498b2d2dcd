"""What was run on what: the history and the settings."""

import pandas as pd

from backtester.analysis.lenses import Lenses
from backtester.engine.evaluate import DEFAULT_BAND, DEFAULT_REBALANCE
from backtester.histories.market import Market
from backtester.runs.document.values import Json, iso
from backtester.runs.run import Result


def told_history(market: Market) -> Json:
    """The whole history, before the window is cut out of it."""
    return {
        "name": market.history.name,
        "title": market.history.table.title,
        "first": iso(market.sessions[0]),
        "last": iso(market.sessions[-1]),
        "sessions": len(market.sessions),
        "sessions_a_year": market.history.table.sessions_a_year,
        "sha256": market.sha256,
        "carried": market.carried,
        "begin_later": _begin_later(market),
    }


def _begin_later(market: Market) -> dict[str, str]:
    """The roles that were read and begin more than a month after the history, with their first date."""
    late = market.sessions[0] + pd.DateOffset(months=1)
    there = {role: market.role(role).notna().to_numpy() for role in market.roles}
    begun = {role: market.sessions[int(values.argmax())] for role, values in there.items() if values.any()}
    return {role: iso(first) for role, first in begun.items() if first > late}


def told_settings(result: Result) -> Json:
    """How it was traded."""
    execution = result.settings.execution
    band = DEFAULT_BAND if execution.band is None else execution.band
    return {
        "lag": execution.lag,
        "rebalance": execution.rebalance or DEFAULT_REBALANCE,
        "band": band,
        **execution.model_dump(include={"relative_band", "to_edge", "min_trade"}),
        "costs": execution.costs.model_dump(),
        "reference": result.evaluations[0].recipe.name,
        **result.settings.model_dump(include={*Lenses.model_fields, "resamples", "seed"}),
    }
