"""What made a strategy's return in every episode: a table a strategy, by asset, line and overlay."""

from backtester.pages.format import period, points
from backtester.pages.names import Named, role_label
from backtester.pages.table import Cell, Head, Row, Table, points_cell
from backtester.tearsheet.names import Json

LINES = (("interest", "Interest"), ("financing", "Financing"), ("costs", "Costs"), ("fees", "Fees"))
EPISODES = (("joint_sell_offs", "Joint sell-offs"), ("drawdowns", "Drawdowns of the pair"), ("crises", "Crises"))


def attribution_tables(document: Json, names: tuple[Named, ...]) -> tuple[tuple[Named, Table], ...]:
    """The strategies that have an attribution, each with its table."""
    return tuple(
        (named, _table(document, strategy["attribution"], place, named))
        for place, (named, strategy) in enumerate(zip(names, document["strategies"], strict=True))
        if strategy.get("attribution")
    )


def _table(document: Json, told: Json, place: int, named: Named) -> Table:
    known = [one for key, _ in EPISODES for one in told.get(key) or () if one]
    roles = list(dict.fromkeys(role for one in known for role in one["assets"]))
    lines = [line for line in LINES if any(one[line[0]] for one in known)]
    steps = [step["name"] for step in known[0]["overlays"]] if known else []
    rows: list[Row] = []
    for key, title in EPISODES:
        pairs = [(window, one) for window, one in zip(document[key], told.get(key) or (), strict=False) if one]
        if pairs:
            rows.append(Row(Head(title), kind="group"))
            rows += [Row(_head(window), _cells(one, roles, lines)) for window, one in pairs]
    return Table(
        name=f"attribution-{place}-table",
        caption=f"{named.label}: its return in each episode, by asset, line and overlay, in percent of value",
        corner="Episode",
        heads=(
            *(Head(role_label(role), key=role, values=(role,)) for role in roles),
            *(Head(text, values=(line,)) for line, text in lines),
            Head("Total", values=("total",)),
            *(
                Head(name, note, values=(f"{name} {column}",))
                for name in steps
                for note, column in (("added, in order", "in order"), ("left out", "left out"))
            ),
        ),
        rows=tuple(rows),
        note="Assets and interest, less financing, costs and fees, make the total. An overlay's part in order is the "
        "return of the recipe up to it less that without it; left out, what the whole recipe gains by having it.",
        index=("start", "end"),
    )


def _head(window: Json) -> Head:
    start, end = (window.get("start") or window["peak"]), (window.get("end") or window["trough"])
    name = window.get("headline") or window.get("name") or ""
    return Head(name or period(start, end), period(start, end) if name else "", values=(start, end))


def _cells(one: Json, roles: list[str], lines: list[tuple[str, str]]) -> tuple[Cell, ...]:
    overlays = [step[key] for step in one["overlays"] for key in ("in_order", "left_out")]
    return (
        *(points_cell(one["assets"].get(role), 2) for role in roles),
        *(points_cell(one[line], 2) for line, _ in lines),
        Cell(points(one["total"], 2), "sum", values=(one["total"],)),
        *(points_cell(value, 2, signed=True) for value in overlays),
    )
