"""Where each strategy's return in each episode came from: by asset, by P&L line, by overlay."""

from dataclasses import asdict

from backtester.analysis.attribution import line_attribution
from backtester.analysis.drawdowns import Drawdown
from backtester.analysis.windows import Window
from backtester.engine.evaluate import Evaluation
from backtester.runs.document.values import Json
from backtester.runs.overlays import overlay_attribution
from backtester.runs.run import Result


def told_attribution(result: Result, run: Evaluation, falls: list[Drawdown]) -> Json:
    """The attribution in each joint sell-off, drawdown and crisis, in the document's order; null where not covered."""
    lines = line_attribution(run.accounts, result.market.sessions)

    def told(window: Window) -> Json:
        return asdict(lines(window)) | {
            "overlays": [asdict(overlay) for overlay in overlay_attribution(run.recipe, result.parts, window)]
        }

    inside = [scene.window if scene.market is result.market else None for scene in result.scenes]
    return {
        "joint_sell_offs": [told(window) for window in result.joint],
        "drawdowns": [told(Window(fall.peak, fall.trough)) for fall in falls],
        "crises": [told(window) if window else None for window in inside],
    }
