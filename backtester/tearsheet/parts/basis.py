"""The tables and chart of the basis-trade spiral: its amplification, the fit to March 2020, and its parameters.

Theta is by how many basis points the cash-futures basis widens for each basis point that yields rise, kappa by how many
basis points yields rise for each $100bn that is sold. The document is the results as JSON.
"""

from backtester.pages.figure import Chart, LegendEntry, Spec, axis, colour, layout
from backtester.pages.format import number
from backtester.pages.table import Cell, Head, Table, TableRow, group_row, number_cell
from backtester.runs.basis_words import SOURCES
from backtester.runs.values import Json

SHADE_RATIOS = (1.25, 2.0, 5.0)  # amplifications from which a cell has the next darker shade
PATH_STYLES = {  # label, colour and dash of each path's line
    "then": ("450bn, as in 2020", "reference", ""),  # `HELD_BN` of `backtester.stress.calibrate`
    "now": ("as held today", "s1", ""),
    "now_fed": ("with the Fed's purchases", "s4", "7 2"),
    "now_hedged": ("with hedged purchases", "s2", "2 2"),
}
TERM_LABELS = {
    "held_bn": "Treasuries held against futures, $bn",
    "leverage": "Leverage",
    "theta": "Basis points of basis for each of yields, theta",
    "kappa": "Basis points of yields for each $100bn sold, kappa",
    "duration": "Cost of a basis point of basis, a fraction",
    "haircut": "Haircut in repo, a fraction",
    "margin": "Margin on the futures, a fraction",
    "margin_per_bp": "Margin added for each basis point of a day's volatility",
    "volatility_span": "Span of that volatility, sessions",
    "capacity_bn": "What dealers take in a session at kappa, $bn",
    "steeper": "Times kappa above what dealers take",
    "decaying": "The part of the impact that decays",
    "decay": "How much of that part decays in a session",
    "trigger_bp": "Rise of yields after which the Fed buys, basis points",
}

# figures that are solved for each variant, and how many decimals they are shown with
SOLVED_FIGURES = (("kappa", 2), ("amplification", 2), ("tipping_leverage", 0), ("peak_bp", 0), ("peak_fed_bp", 0))


def map_table(document: Json) -> Table:
    """Amplification by theta times kappa, a row each, and by leverage; the range that sources allow today is boxed.

    Where the amplification is None the spiral has no end: it tips.
    """
    grid = document["map"]
    (lowest_leverage, highest_leverage), (smallest, largest) = grid["today"]["leverage"], grid["today"]["strength"]
    columns_inside = [lowest_leverage <= value <= highest_leverage for value in grid["leverages"]]
    rows_inside = [smallest <= value <= largest for value in grid["strengths"]]
    rows = []
    for row, (strength, values) in enumerate(zip(grid["strengths"], grid["amplification"], strict=True)):
        cells = []
        for column, amplification in enumerate(values):
            is_boxed = rows_inside[row] and columns_inside[column]
            box = _box_classes((row, rows_inside), (column, columns_inside)) if is_boxed else ""
            shade_steps = 3 if amplification is None else sum(amplification >= step for step in SHADE_RATIOS)
            shade = f"loss t{shade_steps}" if shade_steps else ""
            cells.append(
                Cell(
                    "tips" if amplification is None else number(amplification),
                    f"{shade} {box}".strip(),
                    values=(amplification,),
                )
            )
        rows.append(TableRow(Head(f"{strength:g}", values=(strength,)), tuple(cells)))
    return Table(
        name="basis-map-table",
        caption=f"How many times what is sold comes to market, with {document['terms']['held_bn']:g}bn held",
        corner="Theta x kappa",
        heads=tuple(Head(f"L = {value:g}", values=(f"leverage {value:g}",)) for value in grid["leverages"]),
        rows=tuple(rows),
        note="Boxed: theta from 0.05 to 0.2, kappa from 3.7 to 18.5 and leverage from 20 to 100, which public sources "
        "leave open. Tips: everything is sold. Without decay, and below what dealers take in a session.",
        index=("theta x kappa",),
    )


def _box_classes(row: tuple[int, list[bool]], column: tuple[int, list[bool]]) -> str:
    """The CSS classes of a cell inside the box for those of its sides that lie on the box's edge.

    `row` and `column` are the cell's numbers, each with whether every row, or column, is inside the box.
    """
    (row_number, rows_inside), (column_number, columns_inside) = row, column
    sides = {
        "box-top": row_number == 0 or not rows_inside[row_number - 1],
        "box-bottom": row_number + 1 == len(rows_inside) or not rows_inside[row_number + 1],
        "box-left": column_number == 0 or not columns_inside[column_number - 1],
        "box-right": column_number + 1 == len(columns_inside) or not columns_inside[column_number + 1],
    }
    return " ".join(side for side, is_edge in sides.items() if is_edge)


def shares_table(document: Json) -> Table:
    """The fit to March 2020 and what follows from it, by the share of the move that is attributed to the funds."""
    rows = [
        TableRow(
            Head(f"{fit['share']:.0%}", values=(fit["share"],)),
            (
                number_cell(fit["kappa"]),
                number_cell(fit["outside_bn"], 0),
                number_cell(fit["redemptions_bn"]),
                number_cell(fit["amplification"]),
                number_cell(fit["tipping_leverage"], 0),
                number_cell(fit["peak_bp"], 0),
            ),
        )
        for fit in document["by_share"]
    ]
    heads = ("Kappa", "Sold outside, $bn", "Redemptions, $bn", "Amplification", "Tips at", "A March of today, bp")
    return Table(
        name="basis-shares-table",
        caption="By the share of March 2020 that is laid to the funds: what fits "
        f"{document['targets']['rose_bp']:.0f} basis points and {document['targets']['sold_bn']:.0f}bn of sales",
        corner="Share",
        heads=tuple(Head(text) for text in heads),
        rows=tuple(rows),
        note="Others are known to have sold 250 to 400bn, and mutual funds up to 260bn.",
    )


def paths_table(document: Json) -> Table:
    """The peak of yields, the funds' sales and their remaining equity on each path."""
    rows = [
        TableRow(
            Head(PATH_STYLES[name][0]),
            (number_cell(path["peak_bp"], 1), number_cell(path["sold_bn"], 0), number_cell(path["equity_bn"], 1)),
        )
        for name, path in document["paths"].items()
    ]
    return Table(
        name="basis-paths-table",
        caption="The pressure of March 2020 over seven sessions",
        corner="Funds",
        heads=(Head("Peak of yields", "bp"), Head("Sold by the funds", "$bn"), Head("Equity left", "$bn")),
        rows=tuple(rows),
    )


def terms_table(document: Json) -> Table:
    """The value and the source of each parameter."""
    rows = [
        TableRow(Head(words, SOURCES[name], values=(name,)), (_value(document["terms"][name]),))
        for name, words in TERM_LABELS.items()
        if document["terms"][name] is not None
    ]
    return Table(
        name="basis-terms-table",
        caption="The terms, and where their start values come from",
        corner="Term",
        heads=(Head("Value"),),
        rows=tuple(rows),
    )


def _value(value: float) -> Cell:
    """The value of a parameter as a cell."""
    return Cell(f"{value:.4g}", values=(value,))


def assumed_table(document: Json) -> Table:
    """The results with other values of those parameters that no source states."""
    rows: list[TableRow] = []
    for index, variant in enumerate(document["assumed"]):
        if not index or variant["term"] != document["assumed"][index - 1]["term"]:
            rows.append(group_row(TERM_LABELS[variant["term"]]))
        is_own = variant["value"] == document["terms"][variant["term"]]
        value_text = "any" if variant["value"] is None else f"{variant['value']:g}"
        is_capped = variant["leverage"] < document["terms"]["leverage"]
        cap_note = f"which allows {variant['leverage']:.4g} times" if is_capped else ""
        head = Head(value_text, "as above" if is_own else cap_note, values=(variant["term"], variant["value"]))
        rows.append(TableRow(head, tuple(number_cell(variant.get(name), digits) for name, digits in SOLVED_FIGURES)))
    return Table(
        name="basis-assumed-table",
        caption="What is assumed, and how the answer moves with it",
        corner="Term",
        heads=tuple(
            Head(text, unit)
            for text, unit in (
                ("Kappa", ""),
                ("Amplification", ""),
                ("Tips at", "leverage"),
                ("A March of today", "bp"),
                ("with the Fed", "bp"),
            )
        ),
        rows=tuple(rows),
        note="March 2020 fitted anew each time, everything else as above. No session of it sells as much as dealers "
        "are taken to take, so that what lies above that moves nothing unless they take less. A margin caps leverage: "
        "it moves the answer where it allows less than above, at once or once yields have moved. n/a: no "
        "fit.",
        index=("term", "value"),
    )


def paths_figure(document: Json) -> Chart:
    """A chart of the rise of yields since the start, by session, on each path."""
    return Chart(
        name="basis-paths",
        caption="Yields over the start, in basis points, by session, under the pressure of March 2020.",
        description="Line chart of four paths; the table below has their peaks.",
        traces=tuple(_line(name, document["paths"][name]["yields_bp"]) for name in PATH_STYLES),
        layout=layout(
            {
                "xaxis": axis({"showgrid": False, "dtick": 1}),
                "yaxis": axis({"rangemode": "tozero", "zerolinecolor": colour("muted")}),
            }
        ),
        height=300,
        legend=tuple(LegendEntry(name, text, key, dash) for name, (text, key, dash) in PATH_STYLES.items()),
    )


def _line(name: str, values: list[float]) -> Spec:
    """The line of one path; it begins with 0 before the first session."""
    text, key, dash = PATH_STYLES[name]
    looks = {"color": colour(key), "width": 1.8, "dash": dash.replace(" ", "px,") + "px" if dash else "solid"}
    trace = {"type": "scatter", "mode": "lines", "name": text, "meta": name, "line": looks}
    return trace | {"x": list(range(len(values) + 1)), "y": [0.0, *values], "hovertemplate": "%{y:.1f} bp"}
