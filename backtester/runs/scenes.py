"""Where a named crisis is measured: in the run's window, or in a small history of its own."""

from dataclasses import dataclass

from backtester.analysis.crises import Crisis, find_window
from backtester.analysis.pair import Pair, reference_pair
from backtester.analysis.windows import Window
from backtester.errors import BacktesterError
from backtester.histories.market import Market
from backtester.runs.reads import shown_market
from backtester.runs.settings import RunSettings


@dataclass(frozen=True)
class Scene:
    """The part of a market in which a crisis is measured, with its pair; `market` is None where nothing covers it.

    `reason` says why a history that reaches the crisis does not cover it.
    """

    crisis: Crisis
    market: Market | None
    pair: Pair | None
    window: Window | None
    reason: str | None = None


def scene(crisis: Crisis, market: Market, pair: Pair, settings: RunSettings) -> Scene:
    """The crisis in the run's window or, where that does not reach, in a small history of its own."""
    window = find_window(crisis, market.sessions)
    if window is not None:
        return Scene(crisis, market, pair, window)
    if crisis.history != settings.history:
        try:
            own = shown_market(crisis.history, settings)
            window = find_window(crisis, own.sessions)
            missing = [role for role in settings.legs if role not in own.assets]
            if window is not None and missing:
                return Scene(crisis, None, None, None, f"history {crisis.history} has no {' and no '.join(missing)}")
            if window is not None:
                return Scene(crisis, own, reference_pair(own, settings), window)
        except BacktesterError as error:
            error.add_note(f"in the crisis {crisis.name!r}")
            raise
    return Scene(crisis, None, None, None)
