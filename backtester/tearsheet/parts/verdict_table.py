"""The verdict's numbers, a row a strategy."""

from backtester.tearsheet.format import MISSING, number, percent, points
from backtester.tearsheet.parts.table import Cell, Head, Row, Table, strategy_head
from backtester.tearsheet.reading import Reading

SHORT = {
    "pays": "more often than chance",
    "worse": "less often than chance",
    "mixed": "mixed",
    "chance": "not told from chance",
    "few": "too few to tell",
    "none": "no window",
    "void": "void",
    "ruined": "void",
}


def verdict_table(readings: tuple[Reading, ...]) -> Table:
    """Counts, payoffs and costs of every strategy against reference and twin."""
    heads = (
        Head("Softened", "sell-offs"),
        Head("Beat its twin", "sell-offs"),
        Head("90% interval", "of that share"),
        Head("Payoff beyond twin", "% a window"),
        Head("Protection", "% of loss"),
        Head("Total cost", "log % a year"),
        Head("Cost in the rest", "log % a year"),
        Head("Beat its twin", "the evidence", tone="words"),
    )
    return Table(
        name="verdict-table",
        caption="Each strategy in the joint sell-offs and over the whole window",
        corner="Strategy",
        heads=heads,
        rows=tuple(_row(reading) for reading in readings),
        note=(
            "A positive cost means that the reference grew faster, a negative one that the strategy did. Cost in the "
            "rest leaves the sell-offs out, which by itself raises the reference there: quote the total."
        ),
    )


def _row(reading: Reading) -> Row:
    low, high = reading.interval
    return Row(
        strategy_head(reading.named),
        (
            Cell(_of(reading.softened, reading.windows)),
            Cell(_of(reading.beyond, reading.windows)),
            Cell(MISSING if low is None or high is None else f"{percent(low, 0)} to {percent(high, 0)}"),
            Cell(points(reading.payoff, 2, signed=True)),
            Cell(points(reading.protection)),
            Cell(number(_hundredfold(reading.cost), 2, signed=True)),
            Cell(number(_hundredfold(reading.cost_rest), 2, signed=True)),
            Cell(SHORT[reading.evidence], f"words {reading.evidence}"),
        ),
    )


def _of(hits: int | None, windows: int) -> str:
    return MISSING if hits is None else f"{hits} of {windows}"


def _hundredfold(value: float | None) -> float | None:
    return None if value is None else 100 * value
