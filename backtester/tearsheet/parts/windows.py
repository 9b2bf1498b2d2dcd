"""The tables of the pair's falls: joint sell-offs, the time after each, and drawdowns.

`return_heads` and `returns` are the columns that all tables of windows share, and `assets_to_choose` lists those of
them that a reader can show or hide.
"""

from backtester.pages.format import MISSING, counted, date, period, points
from backtester.pages.names import Named, asset_key, role_label
from backtester.pages.table import (
    Cell,
    Head,
    Table,
    TableRow,
    leg_bars,
    mean_of_known,
    number_cell,
    period_head,
    points_cell,
    strategy_head,
    tone,
)
from backtester.runs.values import Json
from backtester.tearsheet.names import lens

PAIR_COLUMNS = ("pair", "stocks", "bonds")
ASSETS_BESIDE = 6  # assets beside the legs that fit a table of windows: of more the reader chooses
PARENT = ("kind", "peak", "trough")
FALL_COLUMNS = ("peak", "trough", "kind", "recovery")
SETTING_HEADS = (  # heads of the circumstances of a window
    Head("Pair's fall", "it lies in", tone="words", values=("drawdown", "drawdown peak", "drawdown trough")),
    Head("Regime", "before it", tone="words"),
    Head("Cause", tone="words", values=("cause", "crisis")),
)
SIGN_LABELS = {"positive": "above zero", "negative": "below zero", None: MISSING}
REGIME_NOTE = " Regime: the legs' correlation over the 36 months before. Cause: that of the named crisis."


def joint_table(document: Json, names: tuple[Named, ...]) -> Table:
    """A row for each joint sell-off, and one of means."""
    windows = document["joint_sell_offs"]
    assets = asset_roles(document, windows)
    rows = [_row(one, one, assets, names, *_setting(one)) for one in windows]
    if windows:
        blank = (Cell("", values=(None,) * len(head.values or ("",))) for head in SETTING_HEADS)
        rows.append(_means(windows, assets, names, *blank))
    return Table(
        name="joint-table",
        caption=f"Joint sell-offs: {lens(document).both} fell within {lens(document).within}. Returns in percent, "
        "close to close",
        corner="Joint sell-off",
        heads=(Head("Sessions"), *return_heads(document, assets, names), *SETTING_HEADS),
        rows=tuple(rows),
        note="Blue: a strategy lost less than the reference; orange: it lost more. The deeper, the more."
        + REGIME_NOTE
        + not_shown(document),
        index=("start", "end"),
    )


def after_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """The returns after each joint sell-off; None if there is none, or no session follows."""
    found = [(window, window["after"]) for window in document["joint_sell_offs"] if window["after"]]
    if not found:
        return None
    own, afters = lens(document).rhythm, [after for _, after in found]
    assets = asset_roles(document, afters)
    rows = (_row(window, after, assets, names) for window, after in found)
    return Table(
        name="after-table",
        caption=f"The {own.words_for(own.window_sessions).removeprefix('1 ')} after each joint sell-off: did it go on, "
        "or turn? Returns in percent",
        corner="After",
        heads=(Head("Sessions"), *return_heads(document, assets, names)),
        rows=(*rows, _means(afters, assets, names)),
        note="A hedge that is kept on after the fall gives back in a rebound what it saved: orange where it lagged."
        + not_shown(document),
        index=("start", "end"),
    )


def drawdown_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The falls of the pair from peak to trough, with each leg's contribution."""
    falls, seen = document["drawdowns"], lens(document)
    assets = asset_roles(document, falls)
    rows = []
    for fall, drawn in zip(falls, leg_bars(falls, seen.legs, "_contribution"), strict=True):
        recovery = f"recovered {date(fall['recovery'])}" if fall["recovery"] else "not yet recovered"
        spans, note = period(fall["peak"], fall["trough"]), f"{fall['kind']}; {recovery}"
        cells = (
            *(number_cell(fall[key], 0) for key in ("days", "recovery_days")),
            *(points_cell(fall[f"{leg}_contribution"]) for leg, _, _ in seen.legs),
            Cell("", bars=drawn, values=()),
            *returns(fall, assets, names),
        )
        rows.append(TableRow(Head(spans, note, values=tuple(fall[key] for key in FALL_COLUMNS)), cells))
    return Table(
        name="drawdown-table",
        caption=(
            "Drawdowns of the pair of 5% or more, peak to trough. Returns in percent; the contributions of "
            f"{seen.both} add up to the pair's return"
        ),
        corner="Peak to trough",
        heads=(
            Head("Fell for", "days"),
            Head("Recovered in", "days"),
            *(Head(f"From {label}", "points", values=(f"{leg}_contribution",)) for leg, label, _ in seen.legs),
            Head("From each", values=()),
            *return_heads(document, assets, names),
        ),
        rows=tuple(rows),
        note=f"Joint: {seen.bonds} returned nothing or less from peak to trough. Hedged: {seen.bonds} rose."
        + not_shown(document),
        index=FALL_COLUMNS,
    )


def asset_roles(document: Json, windows: list[Json]) -> tuple[str, ...]:
    """The assets, beside the legs, that any of the windows has, in the manifest's order."""
    known = dict.fromkeys(role for window in windows for role in window["assets"] or {})
    return tuple(role for role in document["history"].get("assets", known) if role in known)


def assets_to_choose(document: Json) -> tuple[Head, ...]:
    """The heads of the assets beside the legs, of which a reader chooses six; none where no more have columns."""
    known = [*document["joint_sell_offs"], *document["drawdowns"], *document["crises"]]
    roles = asset_roles(document, known)
    return tuple(_asset_head(role, document) for role in roles) if len(roles) > ASSETS_BESIDE else ()


def not_shown(document: Json) -> str:
    """A sentence on the assets that have no column here; empty where all have."""
    hidden = len(document["history"].get("assets_not_shown", ()))
    return f" What {counted(hidden, 'asset')} more returned is under Other assets, below." if hidden else ""


def return_heads(document: Json, assets: tuple[str, ...], names: tuple[Named, ...]) -> tuple[Head, ...]:
    """The heads of the columns of `returns`."""
    seen = lens(document)
    return (
        *(
            Head(seen.labels[leg], key=key, values=(leg,))
            for leg, key in zip(PAIR_COLUMNS, ("", *seen.keys), strict=True)
        ),
        *(_asset_head(role, document) for role in assets),
        *(strategy_head(named, "reference" if not place else "") for place, named in enumerate(names)),
    )


def _asset_head(role: str, document: Json) -> Head:
    column = f"asset {role}" if role in PAIR_COLUMNS else role
    return Head(role_label(role, document), key=asset_key(role, document), values=(column,), asset=role)


def returns(window: Json, assets: tuple[str, ...], names: tuple[Named, ...]) -> tuple[Cell, ...]:
    """The returns of pair, legs, assets and strategies, the latter coloured by their difference from the reference."""
    strategies = window["strategies"] or {}
    own = [strategies.get(named.name) for named in names]
    return (
        *(points_cell(window[leg]) for leg in PAIR_COLUMNS),
        *(points_cell((window["assets"] or {}).get(role)) for role in assets),
        *(_against(value, own[0]) for value in own),
    )


def _against(value: float | None, reference: float | None) -> Cell:
    if value is None or reference is None:
        return points_cell(value)
    gap = value - reference
    title = f"{points(gap, 2, signed=True)} points against the reference" if gap else ""
    return Cell(points(value), tone(gap), title, values=(value,))


def _means(windows: list[Json], assets: tuple[str, ...], names: tuple[Named, ...], *blank: Cell) -> TableRow:
    """The mean of each column over the windows in which it is known."""
    mean = {leg: mean_of_known(one[leg] for one in windows) for leg in PAIR_COLUMNS} | {
        "assets": {role: mean_of_known(one["assets"].get(role) for one in windows) for role in assets},
        "strategies": {named.name: mean_of_known(one["strategies"][named.name] for one in windows) for named in names},
    }
    return TableRow(Head("Mean", values=("mean", "")), (Cell(""), *returns(mean, assets, names), *blank), "total")


def _row(window: Json, shown: Json, assets: tuple[str, ...], names: tuple[Named, ...], *others: Cell) -> TableRow:
    """The row of a joint sell-off, with the returns of `shown`: the window itself, or the time after it."""
    cells = (number_cell(shown["sessions"], 0), *returns(shown, assets, names), *others)
    return TableRow(period_head(window["start"], window["end"]), cells)


def _setting(window: Json) -> tuple[Cell, ...]:
    parent: Json = window["parent"] or dict.fromkeys(PARENT)
    spans = period(parent["peak"], parent["trough"]) if window["parent"] else ""
    return (
        Cell(parent["kind"] or "none", "words", spans, values=tuple(parent[key] for key in PARENT)),
        Cell(SIGN_LABELS[window["regime"]], "words", values=(window["regime"],)),
        Cell(window["cause"] or "", "words", window["crisis"] or "", values=(window["cause"], window["crisis"])),
    )
