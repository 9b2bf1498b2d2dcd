"""The joint sell-offs and the pair's drawdowns as tables."""

from backtester.tearsheet.format import MISSING, date, period, points
from backtester.tearsheet.names import Json, Named, role_label
from backtester.tearsheet.parts.table import (
    Bars,
    Cell,
    Head,
    Row,
    Table,
    leg_bars,
    number_cell,
    points_cell,
    strategy_head,
    tone,
)

LEGS = ("pair", "stocks", "bonds")
PARTS = ("stocks", "bonds")
SHOWN_ASSETS = ("long_bonds", "gold", "dollar")
PARENT = ("kind", "peak", "trough")
FALL = ("peak", "trough", "kind", "recovery")
SIGNS = {"positive": "above zero", "negative": "below zero"}
REGIMES = " Regime: the correlation of stocks and bonds over the 36 months before. Cause: that of the named crisis."


def joint_table(document: Json, names: tuple[Named, ...]) -> Table:
    """Every joint sell-off, with the means below."""
    windows = document["joint_sell_offs"]
    assets = asset_roles(windows)
    heads = (Head("Sessions"), *return_heads(assets, names), *_setting_heads(windows))
    rows = [
        Row(window_head(window), (_sessions(window), *returns(window, assets, names), *_setting(window)))
        for window in windows
    ]
    if windows:
        blank = tuple(Cell("", values=(None,) * len(head.values or ("",))) for head in _setting_heads(windows))
        means = returns(_mean(windows, assets, names), assets, names)
        rows.append(Row(Head("Mean", values=("mean", "")), (Cell(""), *means, *blank), "total"))
    return Table(
        name="joint-table",
        caption="Joint sell-offs: stocks and bonds fell within the same weeks. Returns in percent, close to close",
        corner="Window",
        heads=heads,
        rows=tuple(rows),
        note="Blue: a strategy lost less than the reference; orange: it lost more. The deeper, the more."
        + (REGIMES if any(window.get("regime") for window in windows) else ""),
        index=("start", "end"),
    )


def after_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """What each joint sell-off was followed by; None where the run does not say."""
    found = [(window, window["after"]) for window in document["joint_sell_offs"] if window.get("after")]
    if not found:
        return None
    assets = asset_roles([after for _, after in found])
    mean = _mean([after for _, after in found], assets, names)
    return Table(
        name="after-table",
        caption="The 21 sessions after each joint sell-off: did it go on, or turn? Returns in percent",
        corner="After",
        heads=(Head("Sessions"), *return_heads(assets, names)),
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


def _setting_heads(windows: list[Json]) -> tuple[Head, ...]:
    """Heads for what surrounds a window, where the run says so."""
    if not any("parent" in window for window in windows):
        return ()
    return (
        Head("Inside a", "fall of the pair", tone="words", values=("drawdown", "drawdown peak", "drawdown trough")),
        Head("Regime", "before it", tone="words"),
        Head("Cause", tone="words", values=("cause", "crisis")),
    )


def _setting(window: Json) -> tuple[Cell, ...]:
    if "parent" not in window:
        return ()
    parent = window["parent"] or {}
    spans = period(parent["peak"], parent["trough"]) if parent else ""
    return (
        Cell(parent.get("kind") or "none", "words", spans, values=tuple(parent.get(key) for key in PARENT)),
        Cell(SIGNS.get(window.get("regime") or "", MISSING), "words", values=(window.get("regime"),)),
        Cell(
            window.get("cause") or "",
            "words",
            window.get("crisis") or "",
            values=(window.get("cause"), window.get("crisis")),
        ),
    )


def drawdown_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The falls of the pair from peak to trough, with what each leg added to them."""
    falls = document["drawdowns"]
    assets = asset_roles(falls)
    bars = leg_bars([{leg: fall[f"{leg}_contribution"] or 0.0 for leg in PARTS} for fall in falls])
    heads = (
        *_length_heads(falls),
        Head("From stocks", "points"),
        Head("From bonds", "points"),
        Head("Contributions", values=()),
        *return_heads(assets, names),
    )
    rows = tuple(
        Row(
            Head(period(fall["peak"], fall["trough"]), _kind(fall), values=tuple(fall[key] for key in FALL)),
            (*_lengths(fall), *_parts(fall, drawn), *returns(fall, assets, names)),
        )
        for fall, drawn in zip(falls, bars, strict=True)
    )
    return Table(
        name="drawdown-table",
        caption=(
            "Drawdowns of the pair of 5% or more, peak to trough. Returns in percent; the contributions of "
            "stocks and bonds add up to the pair's return"
        ),
        corner="Peak to trough",
        heads=heads,
        rows=rows,
        note="Joint: bonds returned nothing or less from peak to trough. Hedged: bonds rose.",
        index=FALL,
    )


def asset_roles(windows: list[Json]) -> tuple[str, ...]:
    """The assets beside the pair's legs that any of the windows knows."""
    known = {role for window in windows for role in window["assets"] or {}}
    return tuple(role for role in SHOWN_ASSETS if role in known)


def return_heads(assets: tuple[str, ...], names: tuple[Named, ...]) -> tuple[Head, ...]:
    """The heads over what `returns` gives."""
    legs = tuple(
        Head(role_label(role), key=role if role != "pair" else "", values=(role,)) for role in (*LEGS, *assets)
    )
    return (*legs, *(strategy_head(named, "reference" if not place else "") for place, named in enumerate(names)))


def returns(window: Json, assets: tuple[str, ...], names: tuple[Named, ...]) -> tuple[Cell, ...]:
    """What pair, legs, assets and strategies returned, strategies toned by their difference from the reference."""
    legs = [points_cell(window[leg]) for leg in LEGS]
    others = [points_cell((window["assets"] or {}).get(role)) for role in assets]
    known = window["strategies"] or {}
    reference = known.get(names[0].name)
    return (*legs, *others, *(_against(known.get(named.name), reference) for named in names))


def _against(value: float | None, reference: float | None) -> Cell:
    if value is None or reference is None:
        return points_cell(value)
    gap = value - reference
    told = f"{points(gap, 2, signed=True)} points against the reference" if gap else ""
    return Cell(points(value), tone(gap), told, values=(value,))


def _kind(fall: Json) -> str:
    recovery = f"recovered {date(fall['recovery'])}" if fall["recovery"] else "not yet recovered"
    return f"{fall['kind']}; {recovery}"


def _parts(fall: Json, drawn: Bars) -> tuple[Cell, ...]:
    return (*(points_cell(fall[f"{leg}_contribution"]) for leg in PARTS), Cell("", bars=drawn, values=()))


def _length_heads(falls: list[Json]) -> tuple[Head, ...]:
    known = any("days" in fall for fall in falls)
    return (Head("Fell for", "days"), Head("Recovered in", "days")) if known else ()


def _lengths(fall: Json) -> tuple[Cell, ...]:
    return tuple(number_cell(fall[key], 0) for key in ("days", "recovery_days") if key in fall)


def _mean(windows: list[Json], assets: tuple[str, ...], names: tuple[Named, ...]) -> Json:
    """The mean of each column over the windows in which it is known."""

    def mean(values: list[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return sum(known) / len(known) if known else None

    return {
        **{leg: mean([window[leg] for window in windows]) for leg in LEGS},
        "assets": {role: mean([window["assets"].get(role) for window in windows]) for role in assets},
        "strategies": {
            named.name: mean([window["strategies"].get(named.name) for window in windows]) for named in names
        },
    }
