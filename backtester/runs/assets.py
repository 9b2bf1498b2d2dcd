"""The assets that a run's tables and charts show, with the label and colour that the manifest gives them."""

from collections.abc import Sequence

import numpy as np

from backtester.engine.accounts import Accounts
from backtester.engine.evaluate import Evaluation
from backtester.histories.market import Market
from backtester.histories.series import Asset
from backtester.pages.names import role_label
from backtester.pages.palette import asset_colours
from backtester.runs.values import Json


def shown_assets(market: Market, runs: Sequence[Evaluation]) -> Json:
    """By role, in the manifest's order, what strategies held and what the manifest has shown: `label`, `colour`, and
    `largest_weight`, the largest mean size of its weight in any strategy."""
    sizes = [_mean_sizes(run.accounts) for run in runs]
    weights = {role: max(size.get(role, 0.0) for size in sizes) for role in market.assets}
    series = market.history.series
    shown = {role: one for role in market.assets if isinstance(one := series[role], Asset)}
    shown = {role: one for role, one in shown.items() if one.shown or weights[role]}
    colours = asset_colours({role: one.colour for role, one in shown.items()})
    return {
        role: {"label": one.label or role_label(role), "colour": colours[role], "largest_weight": weights[role]}
        for role, one in shown.items()
    }


def _mean_sizes(accounts: Accounts) -> dict[str, float]:
    """The mean absolute weight of each asset that was held, by role."""
    weights = accounts.kept.weights[0]
    return {role: float(np.abs(weights[:, place]).mean()) for place, role in enumerate(accounts.assets)}
