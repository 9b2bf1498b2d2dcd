"""The tables of the pair's falls, a row for each window of time: joint sell-offs, the time after each, and drawdowns.

The pair is 60% stocks and 40% bonds, or others that the run names, and these are its legs; an asset is named by its
role, such as `gold`. The document is the run's results as JSON; a rhythm is how often sessions come.

`return_heads` and `return_cells` are the columns that all tables of windows share, and `assets_to_choose` lists those
of them that a reader can show or hide.
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
from backtester.tearsheet.names import pair_words

PAIR_KEYS = ("pair", "stocks", "bonds")
MOST_ASSET_COLUMNS = 6  # assets beside the legs; where there are more the reader chooses which have columns
PARENT_KEYS = ("kind", "peak", "trough")
FALL_COLUMNS = ("peak", "trough", "kind", "recovery")
CIRCUMSTANCE_HEADS = (  # of columns on what surrounded a joint sell-off
    Head("Pair's fall", "it lies in", tone="words", values=("drawdown", "drawdown peak", "drawdown trough")),
    Head("Regime", "before it", tone="words"),
    Head("Cause", tone="words", values=("cause", "crisis")),
)
REGIME_SIGNS = {"positive": "above zero", "negative": "below zero", None: MISSING}
REGIME_NOTE = " Regime: the legs' correlation over the 36 months before. Cause: that of the named crisis."


def joint_table(document: Json, names: tuple[Named, ...]) -> Table:
    """A row for each joint sell-off, and one of means."""
    windows = document["joint_sell_offs"]
    assets = asset_roles(document, windows)
    rows = [_window_row(window, window, assets, names, *_circumstance_cells(window)) for window in windows]
    if windows:
        empty_cells = (Cell("", values=(None,) * len(head.values or ("",))) for head in CIRCUMSTANCE_HEADS)
        rows.append(_mean_row(windows, assets, names, *empty_cells))
    return Table(
        name="joint-table",
        caption=f"Joint sell-offs: {pair_words(document).both} fell within {pair_words(document).within}. Returns in "
        f"percent, "
        "close to close",
        corner="Joint sell-off",
        heads=(Head("Sessions"), *return_heads(document, assets, names), *CIRCUMSTANCE_HEADS),
        rows=tuple(rows),
        note="Blue: a strategy lost less than the reference; orange: it lost more. The deeper, the more."
        + REGIME_NOTE
        + not_shown(document),
        index=("start", "end"),
    )


def after_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """A row of returns for the time after each joint sell-off; None if no joint sell-off is followed by a session."""
    followed = [(window, window["after"]) for window in document["joint_sell_offs"] if window["after"]]
    if not followed:
        return None
    rhythm, afters = pair_words(document).rhythm, [after for _, after in followed]
    assets = asset_roles(document, afters)
    length = rhythm.words_for(rhythm.window_sessions).removeprefix("1 ")  # "the month after", not "the 1 month after"
    rows = (_window_row(window, after, assets, names) for window, after in followed)
    return Table(
        name="after-table",
        caption=f"The {length} after each joint sell-off: did it go on, or turn? Returns in percent",
        corner="After",
        heads=(Head("Sessions"), *return_heads(document, assets, names)),
        rows=(*rows, _mean_row(afters, assets, names)),
        note="A hedge that is kept on after the fall gives back in a rebound what it saved: orange where it lagged."
        + not_shown(document),
        index=("start", "end"),
    )


def drawdown_table(document: Json, names: tuple[Named, ...]) -> Table:
    """A row for each drawdown of the pair from peak to trough, with each leg's contribution."""
    falls, pair = document["drawdowns"], pair_words(document)
    assets = asset_roles(document, falls)
    rows = []
    for fall, bars in zip(falls, leg_bars(falls, pair.legs, "_contribution"), strict=True):
        recovery = f"recovered {date(fall['recovery'])}" if fall["recovery"] else "not yet recovered"
        dates, note = period(fall["peak"], fall["trough"]), f"{fall['kind']}; {recovery}"
        cells = (
            *(number_cell(fall[key], 0) for key in ("days", "recovery_days")),
            *(points_cell(fall[f"{leg}_contribution"]) for leg, _, _ in pair.legs),
            Cell("", bars=bars, values=()),
            *return_cells(fall, assets, names),
        )
        rows.append(TableRow(Head(dates, note, values=tuple(fall[key] for key in FALL_COLUMNS)), cells))
    return Table(
        name="drawdown-table",
        caption=(
            "Drawdowns of the pair of 5% or more, peak to trough. Returns in percent; the contributions of "
            f"{pair.both} add up to the pair's return"
        ),
        corner="Peak to trough",
        heads=(
            Head("Fell for", "days"),
            Head("Recovered in", "days"),
            *(Head(f"From {label}", "points", values=(f"{leg}_contribution",)) for leg, label, _ in pair.legs),
            Head("From each", values=()),
            *return_heads(document, assets, names),
        ),
        rows=tuple(rows),
        note=f"Joint: {pair.bonds} returned nothing or less from peak to trough. Hedged: {pair.bonds} rose."
        + not_shown(document),
        index=FALL_COLUMNS,
    )


def asset_roles(document: Json, windows: list[Json]) -> tuple[str, ...]:
    """The roles of the assets beside the legs that have a return in any of the windows, in the manifest's order."""
    known = dict.fromkeys(role for window in windows for role in window["assets"] or {})
    return tuple(role for role in document["history"].get("assets", known) if role in known)


def assets_to_choose(document: Json) -> tuple[Head, ...]:
    """The heads of the asset columns of which the reader chooses six; empty if there are no more than six."""
    known = [*document["joint_sell_offs"], *document["drawdowns"], *document["crises"]]
    roles = asset_roles(document, known)
    return tuple(_asset_head(role, document) for role in roles) if len(roles) > MOST_ASSET_COLUMNS else ()


def not_shown(document: Json) -> str:
    """A sentence that says where the returns of assets without a column are; empty if all have columns."""
    hidden = len(document["history"].get("assets_not_shown", ()))
    return f" What {counted(hidden, 'asset')} more returned is under Other assets, below." if hidden else ""


def return_heads(document: Json, assets: tuple[str, ...], names: tuple[Named, ...]) -> tuple[Head, ...]:
    """The heads of the columns of `return_cells`."""
    pair = pair_words(document)
    return (
        *(Head(pair.labels[leg], key=key, values=(leg,)) for leg, key in zip(PAIR_KEYS, ("", *pair.keys), strict=True)),
        *(_asset_head(role, document) for role in assets),
        *(strategy_head(named, "reference" if not index else "") for index, named in enumerate(names)),
    )


def _asset_head(role: str, document: Json) -> Head:
    """The head of an asset's column; in the csv a role that a leg's column has already is called `asset stocks`."""
    column = f"asset {role}" if role in PAIR_KEYS else role
    return Head(role_label(role, document), key=asset_key(role, document), values=(column,), asset=role)


def return_cells(window: Json, assets: tuple[str, ...], names: tuple[Named, ...]) -> tuple[Cell, ...]:
    """The returns of pair, legs, assets and strategies; a strategy's is coloured by its difference from the reference.

    The reference is the first of `names`.
    """
    strategies = window["strategies"] or {}
    moves = [strategies.get(named.name) for named in names]
    return (
        *(points_cell(window[leg]) for leg in PAIR_KEYS),
        *(points_cell((window["assets"] or {}).get(role)) for role in assets),
        *(_coloured_return(value, moves[0]) for value in moves),
    )


def _coloured_return(value: float | None, reference: float | None) -> Cell:
    """A return, coloured by its difference from the reference's."""
    if value is None or reference is None:
        return points_cell(value)
    difference = value - reference
    title = f"{points(difference, 2, signed=True)} points against the reference" if difference else ""
    return Cell(points(value), tone(difference), title, values=(value,))


def _mean_row(windows: list[Json], assets: tuple[str, ...], names: tuple[Named, ...], *empty_cells: Cell) -> TableRow:
    """The row of means: of each column over the windows in which it is known."""
    mean = {leg: mean_of_known(window[leg] for window in windows) for leg in PAIR_KEYS} | {
        "assets": {role: mean_of_known(window["assets"].get(role) for window in windows) for role in assets},
        "strategies": {
            named.name: mean_of_known(window["strategies"][named.name] for window in windows) for named in names
        },
    }
    return TableRow(
        Head("Mean", values=("mean", "")), (Cell(""), *return_cells(mean, assets, names), *empty_cells), "total"
    )


def _window_row(
    window: Json, shown: Json, assets: tuple[str, ...], names: tuple[Named, ...], *more_cells: Cell
) -> TableRow:
    """The row of a joint sell-off. Its returns are those of `shown`: of the window itself, or of the time after it."""
    cells = (number_cell(shown["sessions"], 0), *return_cells(shown, assets, names), *more_cells)
    return TableRow(period_head(window["start"], window["end"]), cells)


def _circumstance_cells(window: Json) -> tuple[Cell, ...]:
    """The drawdown of the pair that a joint sell-off is part of, the regime before it, and its cause."""
    parent: Json = window["parent"] or dict.fromkeys(PARENT_KEYS)
    dates = period(parent["peak"], parent["trough"]) if window["parent"] else ""
    return (
        Cell(parent["kind"] or "none", "words", dates, values=tuple(parent[key] for key in PARENT_KEYS)),
        Cell(REGIME_SIGNS[window["regime"]], "words", values=(window["regime"],)),
        Cell(window["cause"] or "", "words", window["crisis"] or "", values=(window["cause"], window["crisis"])),
    )
