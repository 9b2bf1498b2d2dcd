"""What kind of window a joint sell-off is: its regime, decade, crisis and cause; and the spells of the regimes."""

from collections import Counter

from backtester.analysis.aftermath import crisis_of
from backtester.analysis.crises import Crisis
from backtester.analysis.regimes import Spell, spells
from backtester.analysis.regimes import regime as sign_known
from backtester.analysis.windows import Window
from backtester.runs.run import Result

UNDETERMINED = "undetermined"  # 36 months are not yet known
UNNAMED = "in no named crisis"


def regime(result: Result, window: Window) -> str:
    """The sign of the 36-month correlation at the last month-end before the window."""
    return sign_known(result.correlations["correlation_36_months"], window) or UNDETERMINED


def decade(result: Result, window: Window) -> str:
    """The decade of its last close, as 2020s."""
    return f"{result.market.sessions[window.end].year // 10}0s"


def cause(result: Result, window: Window) -> str:
    """The cause of the crisis that it is part of."""
    found = crisis(result, window)
    return found.cause if found else UNNAMED


def crisis(result: Result, window: Window) -> Crisis | None:
    """The named crisis of the run's window that it is part of."""
    near = [(scene.crisis, scene.window) for scene in result.scenes if scene.window and scene.market is result.market]
    return crisis_of(window, near)


def told_spells(result: Result) -> list[Spell]:
    """The spells of one sign among the month-ends of the window."""
    return spells(result.correlations["correlation_36_months"], result.month_ends)


def spell_counts(result: Result) -> dict[str, int]:
    """How many spells of each sign there were."""
    return Counter(spell.sign for spell in told_spells(result))
