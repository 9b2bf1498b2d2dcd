"""The yearly lines of profit and loss as a table, a row a strategy."""

from backtester.pages.names import Named, role_label
from backtester.pages.table import Cell, Head, Row, Table, points_cell, strategy_head
from backtester.tearsheet.names import Json

CHARGES = (("financing", "Financing"), ("costs", "Trading costs"), ("fees", "Fees"))


def lines_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """What each asset earned and what was paid, a year; None where the run does not say."""
    told = [strategy.get("lines") for strategy in document["strategies"]]
    if not all(told):
        return None
    known: list[Json] = [one for one in told if one]
    roles = list(dict.fromkeys(role for one in known for role in one["assets"]))
    return Table(
        name="lines-table",
        caption="Profit and loss by line, in percent of value a year",
        corner="Strategy",
        heads=(
            *(Head(role_label(role), key=role, values=(role,)) for role in roles),
            Head("Interest", "on cash", values=("interest",)),
            *(Head(text, "taken off", values=(line,)) for line, text in CHARGES),
            Head("Total", values=("total",)),
        ),
        rows=tuple(Row(strategy_head(named), _cells(one, roles)) for named, one in zip(names, known, strict=True)),
        note="Each line over the value that it came from, session by session: they add up to the total exactly.",
    )


def _cells(one: Json, roles: list[str]) -> tuple[Cell, ...]:
    lines = ("interest", *(line for line, _ in CHARGES))
    return (
        *(points_cell(one["assets"].get(role, 0.0), 2) for role in roles),
        *(points_cell(one[line], 2) for line in lines),
        points_cell(one["total"], 2, tone="sum"),
    )
