"""The table of the verdicts that the page would have had at each year-end, and of the payoffs that followed.

A payoff is a strategy's return beyond its mix (the stocks, bonds and bills, in fixed shares, that moved as it did) in
joint sell-offs, in which stocks and bonds fell together. The document is a run's results as JSON.
"""

from backtester.pages.format import MISSING, date, points
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Table, TableRow, interval_cell, strategy_heads
from backtester.runs.sentences import VERDICTS
from backtester.runs.values import Json

AS_OF_COLUMNS = ("payoff", "low", "high", "verdict", "followed")
AS_OF_NOTE = (
    "Above: the mean payoff over the mix in the joint sell-offs found by then, in percent, and its verdict. Below, "
    "after the arrow, the payoff in those that ended later, over the whole time's mix. Each row is what a run with "
    "--end there says with 200 resamples; whether a strategy looks ahead is what this run found."
)


def as_of_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """A row for each year-end, a column for each strategy; None if the run has no year-ends or no strategies."""
    rows: list[Json] = document.get("as_of") or []
    if not rows or not names[1:]:
        return None
    return Table(
        name="as-of-table",
        caption="What this page would have said at each year-end, and what followed",
        corner="Year-end",
        heads=(
            Head("Joint sell-offs by then", values=("joint sell-offs",)),
            Head("After it", values=("after it",)),
            *strategy_heads(names[1:], columns=AS_OF_COLUMNS[1:]),
        ),
        rows=tuple(_year_end_row(row, names[1:]) for row in rows),
        note=AS_OF_NOTE,
    )


def _year_end_row(row: Json, names: tuple[Named, ...]) -> TableRow:
    """The row of a year-end: joint sell-offs by then and after it, and the payoff and verdict of each strategy."""
    counts = (Cell(str(row[key]), values=(row[key],)) for key in ("joint_sell_offs", "followed"))
    cells = (_verdict_cell(row["strategies"].get(named.name)) for named in names)
    return TableRow(Head(date(row["end"]), row["reason"] or "", values=(row["end"],)), (*counts, *cells))


def _verdict_cell(verdict: Json | None) -> Cell:
    """The payoff and verdict of a strategy at a year-end; n/a if the strategy could not be carried out then."""
    if verdict is None:
        return Cell(MISSING, values=(None,) * len(AS_OF_COLUMNS))
    payoff, followed = (points(verdict[key], 2, signed=True) for key in ("payoff_mean", "followed"))
    verdict_text = VERDICTS[verdict["verdict"]]
    cell = interval_cell(
        f"{payoff} {verdict_text}", verdict["payoff_mean"], verdict["interval"], f"\N{RIGHTWARDS ARROW} {followed}"
    )
    return Cell(cell.text, small=cell.small, values=(*(cell.values or ()), verdict["verdict"], verdict["followed"]))
