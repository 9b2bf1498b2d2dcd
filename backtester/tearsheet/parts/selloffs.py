"""The joint sell-offs and the pair's drawdowns as tables."""

from backtester.tearsheet.format import date, listed, percent, period, points
from backtester.tearsheet.names import Json, Named, role_label
from backtester.tearsheet.parts.table import Bars, Cell, Head, Row, Table, leg_bars, strategy_head, tone

LEGS = ("pair", "stocks", "bonds")
PARTS = ("stocks", "bonds")
SHOWN_ASSETS = ("long_bonds", "gold", "dollar")


def joint_table(document: Json, names: tuple[Named, ...]) -> Table:
    """Every joint sell-off, with the means below."""
    windows = document["joint_sell_offs"]
    assets = asset_roles(windows)
    rows = [
        Row(
            Head(period(window["start"], window["end"])),
            (Cell(str(window["sessions"])), *returns(window, assets, names)),
        )
        for window in windows
    ]
    if windows:
        rows.append(Row(Head("Mean"), (Cell(""), *returns(_mean(windows, assets, names), assets, names)), "total"))
    return Table(
        name="joint-table",
        caption="Joint sell-offs: stocks and bonds fell within the same weeks. Returns in percent, close to close",
        corner="Window",
        heads=(Head("Sessions"), *return_heads(assets, names)),
        rows=tuple(rows),
        note="Blue: a strategy lost less than the reference; orange: it lost more. The deeper, the more."
        + _counts(document),
    )


def _counts(document: Json) -> str:
    """How many windows there are at other thresholds."""
    told = [
        f"{at['count']} at {percent(at['stocks'])} and {percent(at['bonds'])}"
        for at in document.get("joint_sell_off_counts", ())
    ]
    return f" At other falls of stocks and bonds there are {listed(told)}." if told else ""


def drawdown_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The falls of the pair from peak to trough, with what each leg added to them."""
    falls = document["drawdowns"]
    assets = asset_roles(falls)
    bars = leg_bars([{leg: fall[f"{leg}_contribution"] or 0.0 for leg in PARTS} for fall in falls])
    heads = (
        Head("From stocks", "points"),
        Head("From bonds", "points"),
        Head("Contributions"),
        *return_heads(assets, names),
    )
    rows = tuple(
        Row(
            Head(period(fall["peak"], fall["trough"]), _kind(fall)),
            (*_parts(fall, drawn), *returns(fall, assets, names)),
        )
        for fall, drawn in zip(falls, bars, strict=True)
    )
    return Table(
        name="drawdown-table",
        caption=(
            "Drawdowns of the 60/40 pair of 5% or more, peak to trough. Returns in percent; the contributions of "
            "stocks and bonds add up to the pair's return"
        ),
        corner="Peak to trough",
        heads=heads,
        rows=rows,
        note="Joint: bonds returned nothing or less from peak to trough. Hedged: bonds rose.",
    )


def asset_roles(windows: list[Json]) -> tuple[str, ...]:
    """The assets beside the pair's legs that any of the windows knows."""
    known = {role for window in windows for role in window["assets"] or {}}
    return tuple(role for role in SHOWN_ASSETS if role in known)


def return_heads(assets: tuple[str, ...], names: tuple[Named, ...]) -> tuple[Head, ...]:
    """The heads over what `returns` gives."""
    legs = tuple(Head(role_label(role), key=role if role != "pair" else "") for role in (*LEGS, *assets))
    return (*legs, *(strategy_head(named, "reference" if not place else "") for place, named in enumerate(names)))


def returns(window: Json, assets: tuple[str, ...], names: tuple[Named, ...]) -> tuple[Cell, ...]:
    """What pair, legs, assets and strategies returned, strategies toned by their difference from the reference."""
    legs = [Cell(points(window[leg])) for leg in LEGS]
    others = [Cell(points((window["assets"] or {}).get(role))) for role in assets]
    known = window["strategies"] or {}
    reference = known.get(names[0].name)
    return (*legs, *others, *(_against(known.get(named.name), reference) for named in names))


def _against(value: float | None, reference: float | None) -> Cell:
    if value is None or reference is None:
        return Cell(points(value))
    gap = value - reference
    return Cell(points(value), tone(gap), f"{points(gap, 2, signed=True)} points against the reference" if gap else "")


def _kind(fall: Json) -> str:
    recovery = f"recovered {date(fall['recovery'])}" if fall["recovery"] else "not yet recovered"
    return f"{fall['kind']}; {recovery}"


def _parts(fall: Json, drawn: Bars) -> tuple[Cell, ...]:
    return (*(Cell(points(fall[f"{leg}_contribution"])) for leg in PARTS), Cell("", bars=drawn))


def _mean(windows: list[Json], assets: tuple[str, ...], names: tuple[Named, ...]) -> Json:
    """The mean of each column over the windows in which it is known."""

    def mean(values: list[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return sum(known) / len(known) if known else None

    return {
        **{leg: mean([window[leg] for window in windows]) for leg in LEGS},
        "assets": {role: mean([window["assets"].get(role) for window in windows]) for role in assets},
        "strategies": {named.name: mean([window["strategies"][named.name] for window in windows]) for named in names},
    }
