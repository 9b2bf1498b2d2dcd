"""The joint sell-offs as tables: every one of them, and what followed it."""

from backtester.pages.format import MISSING, period
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Row, Table
from backtester.tearsheet.lenses import lens
from backtester.tearsheet.names import Json
from backtester.tearsheet.parts.returns import asset_roles, mean_of, return_heads, returns

PARENT = ("kind", "peak", "trough")
SETTING = (  # heads of what surrounds a window
    Head("Inside a", "fall of the pair", tone="words", values=("drawdown", "drawdown peak", "drawdown trough")),
    Head("Regime", "before it", tone="words"),
    Head("Cause", tone="words", values=("cause", "crisis")),
)
SIGNS = {"positive": "above zero", "negative": "below zero"}
REGIMES = " Regime: the legs' correlation over the 36 months before. Cause: that of the named crisis."


def joint_table(document: Json, names: tuple[Named, ...]) -> Table:
    """Every joint sell-off, with the means below."""
    windows = document["joint_sell_offs"]
    assets = asset_roles(windows)
    heads = (Head("Sessions"), *return_heads(document, assets, names), *SETTING)
    rows = [
        Row(window_head(window), (_sessions(window), *returns(window, assets, names), *_setting(window)))
        for window in windows
    ]
    if windows:
        blank = tuple(Cell("", values=(None,) * len(head.values or ("",))) for head in SETTING)
        means = returns(mean_of(windows, assets, names), assets, names)
        rows.append(Row(Head("Mean", values=("mean", "")), (Cell(""), *means, *blank), "total"))
    return Table(
        name="joint-table",
        caption=f"Joint sell-offs: {lens(document).both} fell within the same weeks. Returns in percent, close to "
        "close",
        corner="Window",
        heads=heads,
        rows=tuple(rows),
        note="Blue: a strategy lost less than the reference; orange: it lost more. The deeper, the more." + REGIMES,
        index=("start", "end"),
    )


def after_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """What each joint sell-off was followed by; None where there was none, or no session follows."""
    found = [(window, window["after"]) for window in document["joint_sell_offs"] if window["after"]]
    if not found:
        return None
    assets = asset_roles([after for _, after in found])
    mean = mean_of([after for _, after in found], assets, names)
    return Table(
        name="after-table",
        caption="The 21 sessions after each joint sell-off: did it go on, or turn? Returns in percent",
        corner="After",
        heads=(Head("Sessions"), *return_heads(document, assets, names)),
        rows=(
            *(Row(window_head(window), (_sessions(after), *returns(after, assets, names))) for window, after in found),
            Row(Head("Mean", values=("mean", "")), (Cell(""), *returns(mean, assets, names)), "total"),
        ),
        note="A hedge that is kept on after the fall gives back in a rebound what it saved: orange where it lagged.",
        index=("start", "end"),
    )


def window_head(window: Json) -> Head:
    """The head of a window's row: its dates, which in the csv are ISO."""
    return Head(period(window["start"], window["end"]), values=(window["start"], window["end"]))


def _sessions(window: Json) -> Cell:
    return Cell(str(window["sessions"]), values=(window["sessions"],))


def _setting(window: Json) -> tuple[Cell, ...]:
    parent = window["parent"] or {}
    spans = period(parent["peak"], parent["trough"]) if parent else ""
    return (
        Cell(parent.get("kind") or "none", "words", spans, values=tuple(parent.get(key) for key in PARENT)),
        Cell(SIGNS.get(window["regime"] or "", MISSING), "words", values=(window["regime"],)),
        Cell(window["cause"] or "", "words", window["crisis"] or "", values=(window["cause"], window["crisis"])),
    )
