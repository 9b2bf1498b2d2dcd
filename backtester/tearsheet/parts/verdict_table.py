"""The verdict's numbers, a row a strategy, with the intervals drawn as a forest plot."""

from dataclasses import replace

from backtester.pages.format import number, percent
from backtester.pages.table import Cell, Head, Row, Table, picture_cell, strategy_head
from backtester.tearsheet.parts.forest import Lane, Scale, scale
from backtester.tearsheet.reading import Estimate, Reading

SHORT = {
    "pays": "clearly paid",
    "mix": "less risk does not explain it, a mix may",
    "worse": "clearly did worse",
    "outdone": "not clear; a mix did better",
    "mixed": "mixed signs",
    "unclear": "not clear",
    "few": "too few to judge",
    "none": "no window to judge by",
    "void": "void",
    "ruined": "void",
}
WIDE = "wide"  # left out on a phone, where the scorecard's table has it


def verdict_table(readings: tuple[Reading, ...]) -> Table:
    """How often, how much beyond its own risk and how surely, and at what cost."""
    drawn = scale([one for reading in readings for one in (reading.over_twin, reading.over_mix)])
    sure = "90% interval" if any(reading.over_twin.known for reading in readings) else "% a window"
    heads = (
        Head("Softened", "joint sell-offs", tone=WIDE, values=("softened", "acted", "joint sell-offs")),
        Head("Helped", "beyond its own risk", tone=WIDE, values=("helped beyond its own risk", "beyond a fixed mix")),
        Head("Payoff beyond its own risk", "% a window", tone="plot", picture=drawn, values=()),
        Head("Mean", sure, values=("payoff", "low", "high", "payoff beyond mix", "mix low", "mix high")),
        Head("Cost", "a year, rest of the time", tone=WIDE, values=("cost of the rest",)),
        Head("Cost", "a year, all told", values=("cost", "cost low", "cost high", "cost standard error")),
    )
    return Table(
        name="verdict-table",
        caption="Did it pay when stocks and bonds fell together, how surely, and at what cost?",
        corner="Strategy",
        heads=heads,
        rows=tuple(_row(reading, drawn) for reading in readings),
        note=_note(readings),
        index=("strategy", "verdict"),
    )


def _note(readings: tuple[Reading, ...]) -> str:
    mixes = any(reading.over_mix for reading in readings)
    hollow = " Hollow: beyond a fixed mix of stocks, bonds and bills that moved as it did." if mixes else ""
    known = any(reading.over_twin.known for reading in readings)
    lines = " Clearly paid: both lie above zero, with room for the number of strategies tried." if known else ""
    return (
        f"Filled: beyond its twin, as much of the reference as it moved with and bills for the rest.{hollow}{lines} "
        "Costs are growth given up against the reference; below zero it grew faster."
    )


def _row(reading: Reading, drawn: Scale) -> Row:
    name, said = strategy_head(reading.named), SHORT[reading.evidence]
    head = replace(name, note=said, tone=f"verdict {reading.evidence}", values=(reading.named.name, said))
    key, twin, mix = reading.named.key, reading.over_twin, reading.over_mix or Estimate(None)
    lane = Lane((*drawn.mark(key, twin), *drawn.mark(key, mix, hollow=True)), drawn)
    counts = (reading.softened, reading.acted, reading.windows)
    payoffs = (twin.value, twin.low, twin.high, mix.value, mix.low, mix.high)
    return Row(
        head,
        (
            Cell(f"{reading.softened} of {reading.acted}", WIDE, values=counts),
            Cell(f"{reading.beyond} of {reading.acted}", WIDE, values=(reading.beyond, reading.beyond_mix)),
            picture_cell(lane),
            Cell(percent(twin.value, 2, signed=True), values=payoffs, small=_between(twin, 2)),
            Cell(percent(reading.cost_rest.value, signed=True), WIDE, values=(reading.cost_rest.value,)),
            _cost(reading.cost, reading.cost_error),
        ),
    )


def _cost(cost: Estimate, error: float | None) -> Cell:
    """The cost over its interval or, without one, its standard error."""
    small = _between(cost, 1) or ("" if error is None else f"± {number(100 * error, 1)}")
    return Cell(percent(cost.value, signed=True), values=(cost.value, cost.low, cost.high, error), small=small)


def _between(estimate: Estimate, places: int) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return " to ".join(number(100 * end, places, signed=True) for end in (estimate.low, estimate.high))
