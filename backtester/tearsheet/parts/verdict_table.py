"""The verdict's numbers, a row a strategy: three losses, the payoff with its intervals as a forest plot, and growth."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from backtester.pages.format import percent, points
from backtester.pages.names import Named
from backtester.pages.table import (
    Cell,
    Ends,
    Head,
    Row,
    Table,
    between,
    interval_cell,
    points_cell,
    strategy_head,
)
from backtester.runs.sentences import VERDICTS
from backtester.tearsheet.names import Json, Lens, lens
from backtester.tearsheet.parts.measures import ends

WIDE = "wide"  # left out on a phone, where the scorecard's table has it
UNDECIDED = ("unclear", "few")  # verdicts beside which the smallest clear payoff stands
BLANK = tuple(Cell("", WIDE, values=(None,) * columns) for columns in (1, 3, 2, 1))  # of the reference
TICKS_AT_MOST = 5
MARGIN = 6.0  # percent of the width on either side


@dataclass(frozen=True)
class Scale:
    """The scale that all rows of the forest plot share, from `low` to `high` as fractions."""

    low: float
    high: float

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Round values with their places in percent of the width, zero among them."""
        power = 10.0 ** math.floor(math.log10((self.high - self.low) / TICKS_AT_MOST))
        steps = (power * digit for digit in (1, 2, 5, 10, 20))
        step = next(step for step in steps if (self.high - self.low) / step <= TICKS_AT_MOST - 1)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        places = 0 if step >= 0.01 - 1e-12 else 1 if step >= 0.001 - 1e-12 else 2
        return tuple(
            (self.place(n * step), points(n * step, places, signed=True) if n else "0") for n in range(first, last + 1)
        )

    def place(self, value: float) -> float:
        """Where a value stands, in percent of the width."""
        return MARGIN + (100 - 2 * MARGIN) * (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Lane:
    """One row of the forest plot: an estimate as a dot, None where undefined, and its intervals, the widest first."""

    scale: Scale
    key: str
    value: float | None
    intervals: tuple[Ends, ...]

    @property
    def ends(self) -> tuple[tuple[float, float], ...]:
        """Both ends of each interval that is known, in percent of the width."""
        return tuple((self.scale.place(one[0]), self.scale.place(one[1])) for one in self.intervals if one)


def scale(values: Iterable[float | None]) -> Scale:
    """The scale that holds all values and zero."""
    known = [0.0, *(value for value in values if value is not None)]
    return Scale(min(known), max(known)) if any(known) else Scale(-0.01, 0.01)


def verdict_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """The reference and every strategy; None for a run of the reference alone."""
    if not names[1:]:
        return None
    seen = lens(document)
    drawn = scale(
        value
        for card in (strategy["scorecard"] for strategy in document["strategies"])
        for value in (card["beyond_mix"]["payoff_mean"], *(end for one in _intervals(card) for end in one or ()))
    )
    pairs = zip(document["strategies"], names, strict=True)
    return Table(
        name="verdict-table",
        caption=f"What each lost when {seen.both} fell together, on average, and what it saved over its mix",
        corner="Strategy",
        heads=(
            Head("Verdict", tone="words", values=("verdict", "smallest clear payoff")),
            Head("It lost", "% a sell-off", values=("loss",)),
            Head("Its mix lost", "% a sell-off", values=("mix loss", f"mix {seen.stocks}", f"mix {seen.bonds}")),
            Head("Payoff", "what it saved over its mix", tone=f"plot {WIDE}", picture=drawn, values=()),
            Head("Payoff", "90% interval", values=("payoff", "low", "high", "low of all tried", "high of all tried")),
            Head("Placebo", "shifts that saved as much", tone=WIDE, values=("placebo",)),
            Head("Growth over mix", "% a year", tone=WIDE, values=("growth over mix", "growth low", "growth high")),
            Head("Lost less than the reference", tone=WIDE, values=("lost less", "acted")),
            Head("Growth over reference", "% a year", tone=WIDE, values=("growth over reference",)),
        ),
        rows=tuple(_row(one, named, drawn, seen, first=not place) for place, (one, named) in enumerate(pairs)),
        note="Thin line: the interval that allows for all strategies tried. It and the placebo decide: of all shifts "
        "of its weights in time, how many saved as much. Growth: log points.",
        index=("strategy",),
    )


def _intervals(card: Json) -> tuple[Ends, Ends]:
    """The intervals of the mean payoff: that widened for all strategies tried, and its own."""
    return ends(card, "beyond_mix.payoff_mean_of_all_tried"), ends(card, "beyond_mix.payoff_mean")


def _row(strategy: Json, named: Named, drawn: Scale, seen: Lens, *, first: bool) -> Row:
    card = strategy["scorecard"]
    payoff, (wide, own) = card["beyond_mix"]["payoff_mean"], _intervals(card)
    values = (payoff, *(own or (None, None)), *(wide or (None, None)))
    return Row(
        strategy_head(named),
        (
            Cell("the reference", "words", values=(None, None)) if first else _verdict(strategy),
            points_cell(card["mean_loss"]["strategy"], 2),
            _mix(card, seen),
            Cell("", WIDE, picture=Lane(drawn, named.key, payoff, (wide, own)), values=()),
            Cell(points(payoff, 2, signed=True), small=between(own, 2), values=values),
            *(BLANK if first else _against(card)),
        ),
    )


def _verdict(strategy: Json) -> Cell:
    word, least = strategy["verdict"], strategy["scorecard"]["beyond_mix"]["smallest_clear"]
    small = f"clear from {percent(least, 2, signed=True)}" if word in UNDECIDED and least else ""
    return Cell(VERDICTS[word], f"words verdict {word}", small=small, values=(word, least))


def _mix(card: Json, seen: Lens) -> Cell:
    """The mix's loss over its shares, by the legs' labels."""
    loss, shares = card["mean_loss"]["mix"], tuple(card["mix"].values())
    named = zip(shares, (seen.stocks, seen.bonds), strict=True)
    small = ", ".join(f"{percent(share, 0)} {label}" for share, label in named if share is not None)
    return Cell(points(loss, 2), small=small, values=(loss, *shares))


def _against(card: Json) -> tuple[Cell, ...]:
    grown, growth = ends(card, "growth_annual.over_mix.total"), card["growth_annual"]
    better, acted = card["beyond_reference"]["better"], card["acted"]
    placebo, total = (card["beyond_mix"]["placebo"] or {}).get("as_good"), growth["over_mix"]["total"]
    return (
        Cell(percent(placebo, 0), WIDE, values=(placebo,)),
        interval_cell(points(total, 2, signed=True), total, grown, between(grown, 2), WIDE),
        Cell(f"{better or 0:.0f} of {acted or 0:.0f}", WIDE, values=(better, acted)),
        points_cell(growth["over_reference"]["total"], 2, tone=WIDE, signed=True),
    )
