"""The tables and chart of the basis-trade spiral: its amplification, the fit to March 2020, and its terms."""

from backtester.pages.figure import Chart, LegendEntry, Spec, axis, colour, layout
from backtester.pages.format import number
from backtester.pages.table import Cell, Head, Table, TableRow, group_row, number_cell
from backtester.runs.basis_words import SOURCES
from backtester.runs.values import Json

SHADE_RATIOS = (1.25, 2.0, 5.0)
PATHS = {
    "then": ("450bn, as in 2020", "reference", ""),
    "now": ("as held today", "s1", ""),
    "now_fed": ("with the Fed's purchases", "s4", "7 2"),
    "now_hedged": ("with hedged purchases", "s2", "2 2"),
}
COLUMN_HEADS = {
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

SOLVED_FIGURES = (("kappa", 2), ("amplification", 2), ("tipping_leverage", 0), ("peak_bp", 0), ("peak_fed_bp", 0))


def map_table(document: Json) -> Table:
    """Amplification by theta times kappa and by leverage; the range that sources allow today is boxed."""
    found = document["map"]
    (low, high), (least, most) = found["today"]["leverage"], found["today"]["strength"]
    inside = [low <= one <= high for one in found["leverages"]]
    within = [least <= one <= most for one in found["strengths"]]
    rows = []
    for place, (strength, values) in enumerate(zip(found["strengths"], found["amplification"], strict=True)):
        cells = []
        for at, value in enumerate(values):
            edges = _edges((place, within), (at, inside)) if within[place] and inside[at] else ""
            size = 3 if value is None else sum(value >= step for step in SHADE_RATIOS)
            shade = f"loss t{size}" if size else ""
            cells.append(Cell("tips" if value is None else number(value), f"{shade} {edges}".strip(), values=(value,)))
        rows.append(TableRow(Head(f"{strength:g}", values=(strength,)), tuple(cells)))
    return Table(
        name="basis-map-table",
        caption=f"How many times what is sold comes to market, with {document['terms']['held_bn']:g}bn held",
        corner="Theta x kappa",
        heads=tuple(Head(f"L = {one:g}", values=(f"leverage {one:g}",)) for one in found["leverages"]),
        rows=tuple(rows),
        note="Boxed: theta from 0.05 to 0.2, kappa from 3.7 to 18.5 and leverage from 20 to 100, which public sources "
        "leave open. Tips: everything is sold. Without decay, and below what dealers take in a session.",
        index=("theta x kappa",),
    )


def _edges(row: tuple[int, list[bool]], column: tuple[int, list[bool]]) -> str:
    """The classes of the sides of a cell that are edges of the box."""
    (place, within), (at, inside) = row, column
    sides = {
        "box-top": place == 0 or not within[place - 1],
        "box-bottom": place + 1 == len(within) or not within[place + 1],
        "box-left": at == 0 or not inside[at - 1],
        "box-right": at + 1 == len(inside) or not inside[at + 1],
    }
    return " ".join(side for side, is_edge in sides.items() if is_edge)


def shares_table(document: Json) -> Table:
    """The calibration and its results by the share of March 2020 that is attributed to the funds."""
    rows = [
        TableRow(
            Head(f"{one['share']:.0%}", values=(one["share"],)),
            (
                number_cell(one["kappa"]),
                number_cell(one["outside_bn"], 0),
                number_cell(one["redemptions_bn"]),
                number_cell(one["amplification"]),
                number_cell(one["tipping_leverage"], 0),
                number_cell(one["peak_bp"], 0),
            ),
        )
        for one in document["by_share"]
    ]
    heads = ("Kappa", "Sold outside, $bn", "Redemptions, $bn", "Amplification", "Tips at", "A March of today, bp")
    return Table(
        name="basis-shares-table",
        caption="By the share of March 2020 that is laid to the funds: what fits 64 basis points and 173bn of sales",
        corner="Share",
        heads=tuple(Head(text) for text in heads),
        rows=tuple(rows),
        note="Others are known to have sold 250 to 400bn, and mutual funds up to 260bn.",
    )


def paths_table(document: Json) -> Table:
    """The peak of yields, the sales and the equity left of each path."""
    rows = [
        TableRow(
            Head(PATHS[name][0]),
            (number_cell(one["peak_bp"], 1), number_cell(one["sold_bn"], 0), number_cell(one["equity_bn"], 1)),
        )
        for name, one in document["paths"].items()
    ]
    return Table(
        name="basis-paths-table",
        caption="The pressure of March 2020 over seven sessions",
        corner="Funds",
        heads=(Head("Peak of yields", "bp"), Head("Sold by the funds", "$bn"), Head("Equity left", "$bn")),
        rows=tuple(rows),
    )


def terms_table(document: Json) -> Table:
    """The terms, and where their start values come from."""
    rows = [
        TableRow(Head(words, SOURCES[name], values=(name,)), (_value(document["terms"][name]),))
        for name, words in COLUMN_HEADS.items()
        if document["terms"][name] is not None
    ]
    return Table(
        "basis-terms-table", "The terms, and where their start values come from", "Term", (Head("Value"),), tuple(rows)
    )


def _value(value: float) -> Cell:
    """The value of a term as a cell."""
    return Cell(f"{value:.4g}", values=(value,))


def assumed_table(document: Json) -> Table:
    """The results with other values of the terms that no source states."""
    rows: list[TableRow] = []
    for place, one in enumerate(document["assumed"]):
        if not place or one["term"] != document["assumed"][place - 1]["term"]:
            rows.append(group_row(COLUMN_HEADS[one["term"]]))
        is_own = one["value"] == document["terms"][one["term"]]
        text = "any" if one["value"] is None else f"{one['value']:g}"
        lower = one["leverage"] < document["terms"]["leverage"]
        allowed = f"which allows {one['leverage']:.4g} times" if lower else ""
        head = Head(text, "as above" if is_own else allowed, values=(one["term"], one["value"]))
        rows.append(TableRow(head, tuple(number_cell(one.get(name), digits) for name, digits in SOLVED_FIGURES)))
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
    """A chart of yields over the start, by session."""
    return Chart(
        name="basis-paths",
        caption="Yields over the start, in basis points, by session, under the pressure of March 2020.",
        description="Line chart of four paths; the table below has their peaks.",
        traces=tuple(_line(name, document["paths"][name]["yields_bp"]) for name in PATHS),
        layout=layout(
            {
                "xaxis": axis({"showgrid": False, "dtick": 1}),
                "yaxis": axis({"rangemode": "tozero", "zerolinecolor": colour("muted")}),
            }
        ),
        height=300,
        legend=tuple(LegendEntry(name, text, key, dash) for name, (text, key, dash) in PATHS.items()),
    )


def _line(name: str, values: list[float]) -> Spec:
    text, key, dash = PATHS[name]
    looks = {"color": colour(key), "width": 1.8, "dash": dash.replace(" ", "px,") + "px" if dash else "solid"}
    trace = {"type": "scatter", "mode": "lines", "name": text, "meta": name, "line": looks}
    return trace | {"x": list(range(len(values) + 1)), "y": [0.0, *values], "hovertemplate": "%{y:.1f} bp"}
