"""The tables and chart of what becomes of strategies when joint sell-offs are more frequent than they were.

A strategy's mix is the stocks, bonds and bills, in fixed shares, that moved as it did. The `curve` of the document (the
results as JSON) has the growth over the mix by frequency, its `turns` the frequency at which that changes sign.
"""

from backtester.pages.figure import Chart, Spec, axis, colour, layout, plain, strategy_legend
from backtester.pages.format import number, numbered, percent, points
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Table, TableRow, group_row, points_cell
from backtester.runs.values import Json


def frequency_table(document: Json, names: tuple[Named, ...]) -> Table:
    """Final wealth, deepest fall, growth over the mix and unpaid spending of each strategy, at each frequency."""
    rows: list[TableRow] = []
    for frequency in document["at"]:
        rows.append(
            group_row(
                f"{frequency['times']:g} times as frequent: {number(frequency['joint_sell_offs'], 1)} joint sell-offs"
            )
        )
        rows += [
            _outcome_row(frequency["strategies"][named.name], named)
            for named in names
            if frequency["strategies"][named.name]
        ]
    return Table(
        name="frequency-table",
        caption=f"After {numbered(document['years'], 'year')}, from 1: medians over the 5th and 95th percentiles",
        corner="Strategy",
        heads=(
            Head("Final wealth", values=("wealth median", "wealth 5%", "wealth 95%")),
            Head("Deepest fall", "%", values=("fall median", "fall 5%", "fall 95%")),
            Head("Growth over the mix", "points a year", values=("growth over mix", "standard error")),
            Head("Money runs out", "% of paths", values=("runs out",)),
            Head("Years unpaid", "mean", values=("unpaid years",)),
            Head("Paths"),
        ),
        rows=tuple(rows),
        note=f"Spending: {percent(document['spend'])} of the start at each year's end, "
        f"{percent(document['spend_rise'])} more every year. Strategies whose targets change have "
        "fewer paths.",
    )


def _outcome_row(outcome: Json, named: Named) -> TableRow:
    """The row of a strategy at one frequency, with its distribution of outcomes."""
    wealth, fall = outcome["wealth"], outcome["deepest_fall"]
    low, middle, high = (wealth[quantile] for quantile in ("0.05", "0.5", "0.95"))
    return TableRow(
        Head(named.label, key=named.key, dash=named.dash, values=(named.name,)),
        (
            Cell(number(middle), small=f"{number(low)} to {number(high)}", values=(middle, low, high)),
            Cell(
                points(fall["0.5"]),
                small=f"{points(fall['0.05'])} to {points(fall['0.95'])}",
                values=(fall["0.5"], fall["0.05"], fall["0.95"]),
            ),
            Cell(
                points(outcome["growth_over_mix"], 2, signed=True),
                small="" if outcome["growth_error"] is None else f"± {points(outcome['growth_error'], 2)}",
                values=(outcome["growth_over_mix"], outcome["growth_error"]),
            ),
            points_cell(outcome["runs_out"]),
            Cell(number(outcome["unpaid_years"], 1), values=(outcome["unpaid_years"],)),
            Cell(f"{outcome['paths']:,}", values=(outcome["paths"],)),
        ),
    )


def sign_change_text(change: float | str | None) -> str:
    """The frequency at which growth over the mix changes sign, in words."""
    if change is None:
        return "its own mix"
    return change if isinstance(change, str) else f"turns at {number(change, 1)} times"


def sign_change_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The growth over the mix of each strategy by frequency, and the frequency at which it changes sign."""
    curve = document["curve"]
    rows = [
        TableRow(
            Head(named.label, key=named.key, dash=named.dash, values=(named.name,)),
            (
                *(points_cell(value, 2, signed=True) for value in curve["growth_over_mix"][named.name]),
                Cell(sign_change_text(curve["turns"][named.name]), "words", values=(curve["turns"][named.name],)),
            ),
        )
        for named in names
    ]
    return Table(
        name="frequency-turns-table",
        caption="Growth over the mix, in points a year, by how many times as frequent joint sell-offs are",
        corner="Strategy",
        heads=(*(Head(f"{times:g} times") for times in curve["times"]), Head("Turns", tone="words")),
        rows=tuple(rows),
        note=f"{curve['paths']} paths each, of strategies whose targets change {curve['dynamic_paths']}. Beyond "
        f"{curve['times'][-1]:g} times was not asked for, or cannot be reached.",
    )


def sign_change_figure(document: Json, names: tuple[Named, ...]) -> Chart:
    """A chart of growth over the mix by frequency."""
    curve = document["curve"]
    return Chart(
        name="frequency",
        caption="Growth over the mix, in points a year, by how many times as frequent joint sell-offs are: means of "
        f"{curve['paths']} paths and, of strategies whose targets change, of {curve['dynamic_paths']}, which is few.",
        description="Line chart; the table below has its numbers.",
        traces=tuple(_growth_line(curve, named, index) for index, named in enumerate(names) if index),
        layout=layout(
            {
                "xaxis": axis({"showgrid": False, "tickvals": curve["times"]}),
                "yaxis": axis({"zerolinecolor": colour("ink")}),
            }
        ),
        height=320,
        legend=strategy_legend(names, 1),
    )


def _growth_line(curve: Json, named: Named, index: int) -> Spec:
    """A strategy's growth over the mix by frequency, in points a year."""
    values = curve["growth_over_mix"][named.name]
    dash = named.dash.replace(" ", "px,") + "px" if named.dash else "solid"
    line = {"color": colour(named.key), "width": 1.6, "dash": dash}
    trace = {"type": "scatter", "mode": "lines+markers", "name": plain(named.label), "meta": str(index), "line": line}
    shown = [None if value is None else round(100 * value, 4) for value in values]
    return trace | {"x": curve["times"], "y": shown, "hovertemplate": "%{y:.2f}"}


def frequency_lines(document: Json, labels: dict[str, str]) -> list[str]:
    """Sentences on the number of joint sell-offs, and on the frequency at which each strategy's growth changes sign."""
    window, curve = document["period"], document["curve"]
    path_notes = {
        strategy["name"]: f" (of {curve['dynamic_paths']} paths)"
        for strategy, is_static in zip(document["strategies"], document["static"], strict=True)
        if not is_static
    }
    phrases = [
        f"{label}: {sign_change_text(curve['turns'][name])}{path_notes.get(name, '')}" for name, label in labels.items()
    ]
    counts = ", ".join(
        f"{number(frequency['joint_sell_offs'], 1)} at {frequency['times']:g} times" for frequency in document["at"]
    )
    return [
        f"{window['joint_sell_offs']} joint sell-offs from {window['start']} to {window['end']}; in "
        f"{numbered(document['years'], 'year')} drawn from them, in blocks of {document['block_sessions']} sessions, "
        f"on average {counts}.",
        f"Growth over the mix: {'; '.join(phrases)}.",
    ]
