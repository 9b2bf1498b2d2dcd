"""The verdict's numbers, a row a strategy."""

from backtester.tearsheet.format import MISSING, number, percent, points
from backtester.tearsheet.parts.table import Cell, Head, Row, Table, strategy_head
from backtester.tearsheet.reading import Reading

SHORT = {
    "pays": "clearly paid",
    "worse": "clearly did not",
    "mixed": "mixed",
    "unclear": "not clear",
    "few": "too few to judge",
    "none": "no window",
    "void": "void",
    "ruined": "void",
}


def verdict_table(readings: tuple[Reading, ...]) -> Table:
    """Counts, payoffs and costs of every strategy against reference and twin."""
    heads = (
        Head("Lost less", "of those it acted in"),
        Head("Beat its twin", "of the same"),
        Head("90% interval", "of that share"),
        Head("Payoff", "% a window"),
        Head("beyond twin", "% a window"),
        Head("Protection", "% of loss"),
        Head("Total cost", "log % a year"),
        Head("against twin", "log % a year"),
        Head("Beyond its risk", "the evidence", tone="words"),
    )
    return Table(
        name="verdict-table",
        caption="Each strategy in the joint sell-offs and over the whole window",
        corner="Strategy",
        heads=heads,
        rows=tuple(_row(reading) for reading in readings),
        note=(
            "Acted: did otherwise than the reference. A positive cost means that the reference, or the twin, grew "
            "faster; a negative one that the strategy did; after ± its standard error."
        ),
    )


def _row(reading: Reading) -> Row:
    low, high = reading.interval
    return Row(
        strategy_head(reading.named),
        (
            Cell(f"{reading.softened} of {reading.acted}"),
            Cell(f"{reading.beyond} of {reading.acted}"),
            Cell(MISSING if low is None or high is None else f"{percent(low, 0)} to {percent(high, 0)}"),
            Cell(points(reading.payoff_over_reference, 2, signed=True)),
            Cell(points(reading.payoff, 2, signed=True)),
            Cell(points(reading.protection)),
            Cell(
                f"{number(_hundredfold(reading.cost), 2, signed=True)} ± {number(_hundredfold(reading.cost_error), 1)}"
            ),
            Cell(number(_hundredfold(reading.cost_of_twin), 2, signed=True)),
            Cell(SHORT[reading.evidence], f"words {reading.evidence}"),
        ),
    )


def _hundredfold(value: float | None) -> float | None:
    return None if value is None else 100 * value
