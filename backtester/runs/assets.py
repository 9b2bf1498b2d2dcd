"""The assets that a run's tables and charts show, with their labels and colours from the manifest."""

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
    """The label, colour and largest weight of each asset to be shown, by role (the name of its series, such as `gold`),
    in the manifest's order.

    An asset is shown if a strategy held it, or the manifest asks for it. `largest_weight` is the mean absolute weight
    in the strategy that held most of it.
    """
    mean_sizes = [_mean_sizes(run.accounts) for run in runs]
    largest_weights = {role: max(size.get(role, 0.0) for size in mean_sizes) for role in market.assets}
    series = market.history.series
    assets = {role: asset for role in market.assets if isinstance(asset := series[role], Asset)}
    shown = {role: asset for role, asset in assets.items() if asset.shown or largest_weights[role]}
    colours = asset_colours({role: asset.colour for role, asset in shown.items()})
    return {
        role: {
            "label": asset.label or role_label(role),
            "colour": colours[role],
            "largest_weight": largest_weights[role],
        }
        for role, asset in shown.items()
    }


def _mean_sizes(accounts: Accounts) -> dict[str, float]:
    """The mean absolute weight of each asset that was held, by role."""
    weights = accounts.kept.weights[0]  # sessions x assets, of the first book, which is the only one here
    return {role: float(np.abs(weights[:, column]).mean()) for column, role in enumerate(accounts.assets)}
