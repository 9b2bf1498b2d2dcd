"""Did bonds cushion? Every fall of stocks, with what bonds did in it: a strip and the counts by period."""

from backtester.analysis.base_rates import PERIODS
from backtester.analysis.pair import USUAL
from backtester.pages.format import date, percent
from backtester.pages.strip import Span, Strip, strip
from backtester.pages.table import Cell, Head, Row, Table, points_cell
from backtester.tearsheet.lenses import Lens, lens
from backtester.tearsheet.names import Json

YEARS = {name: (f"{first:04d}-01-01", f"{last:04d}-12-31") for name, first, last in PERIODS}


def cushions(document: Json) -> tuple[tuple[Strip, Table], ...]:
    """Strip and counts for each history in which falls of stocks were counted; one without any fall is left out.

    The run's own history is counted by the run's legs and falls, another by the usual ones.
    """
    usual = document | {"settings": document["settings"] | USUAL.model_dump()}
    found = []
    for place, one in enumerate(one for one in document["stock_sell_offs"] if one["falls"]):
        seen = lens(document if one["history"] == document["history"]["name"] else usual)
        found.append((_strip(one, seen), _table(one, seen, place)))
    return tuple(found)


def _strip(counted: Json, seen: Lens) -> Strip:
    periods = [(period, _counts(period)) for period in counted["periods"]]
    words = "; ".join(f"{period['name']}, {seen.bonds} fell too in {text}" for period, text in periods)
    falls = len(counted["falls"])
    return strip(
        f"{counted['history']}, {date(counted['first'])} to {date(counted['last'])}: a dot for each of {falls} falls "
        f"of {seen.stocks} of {percent(-seen.stocks_fall, 0)} or more. Filled, above the line: {seen.bonds} fell too. "
        f"Open, below it: {seen.bonds} held or rose.",
        f"{words}. The table below has the counts.",
        Span(counted["first"], counted["last"]),
        [(fall["start"], fall["bonds"] < 0) for fall in counted["falls"]],
        [(*YEARS[period["name"]], text) for period, text in periods],
    )


def _table(counted: Json, seen: Lens, place: int) -> Table:
    return Table(
        name=f"cushion-{place}-table",
        caption=f"In how many falls of {seen.stocks} {seen.bonds} fell too: {counted['history']}",
        corner="Period",
        heads=(
            Head(f"{seen.labels['bonds']} fell too", values=("both fell", "stock sell-offs")),
            Head("Share", "%"),
            Head("At any time", "% of windows as long", values=("base rate",)),
        ),
        rows=tuple(
            Row(
                Head(period["name"]),
                (
                    Cell(_counts(period), values=(period["both_fell"], period["stock_sell_offs"])),
                    points_cell(period["both_fell"] / period["stock_sell_offs"], 0),
                    points_cell(period["base_rate"], 0),
                ),
            )
            for period in counted["periods"]
        ),
    )


def _counts(period: Json) -> str:
    return f"{period['both_fell']} of {period['stock_sell_offs']}"
