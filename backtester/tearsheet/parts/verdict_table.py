"""The table of the verdict, a row a strategy: losses, the payoff with its intervals as a forest plot, and growth."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backtester.arrays import Interval
from backtester.pages.format import percent, points
from backtester.pages.names import Named
from backtester.pages.table import (
    Cell,
    Head,
    Table,
    TableRow,
    interval_cell,
    interval_text,
    points_cell,
    strategy_head,
)
from backtester.runs.evidence_line import EvidenceLine
from backtester.runs.sentences import VERDICTS
from backtester.runs.values import Json
from backtester.tearsheet.names import Lens, lens
from backtester.tearsheet.parts.measures import ends

UNDECIDED = ("unclear", "few")  # verdicts that are shown with the smallest clear payoff
MOST_PLOT_TICKS = 5
PLOT_MARGIN = 6.0  # percent of the width on either side


@dataclass(frozen=True)
class ForestScale:
    """The scale that all rows of the forest plot share, from `low` to `high` as fractions.

    `below` and `above` are labels of both sides of zero; the macro leaves one out if it does not fit.
    """

    low: float
    high: float
    below: str = "mix better"
    above: str = "hedge better"

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """The places, in percent of the width, and labels of round values, zero among them."""
        power = math.floor(math.log10((self.high - self.low) / MOST_PLOT_TICKS))
        steps = (float(f"{digit}e{power}") for digit in (2, 5, 10, 20))  # exact, as they are written below
        step = next(step for step in steps if (self.high - self.low) / step <= MOST_PLOT_TICKS - 1)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        places = 0 if step >= 0.01 else 1 if step >= 0.001 else 2
        return tuple(
            (self.place(n * step), points(n * step, places, signed=True) if n else "0") for n in range(first, last + 1)
        )

    def place(self, value: float) -> float:
        """The place of a value, in percent of the width."""
        return PLOT_MARGIN + (100 - 2 * PLOT_MARGIN) * (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class ForestLane:
    """One row of the forest plot: an estimate as a dot, None where undefined, and its intervals, the widest first."""

    scale: ForestScale
    key: str
    value: float | None
    intervals: tuple[Interval, ...]

    @property
    def ends(self) -> tuple[tuple[float, float], ...]:
        """The places of both ends of each interval that is not None, in percent of the width."""
        return tuple((self.scale.place(one[0]), self.scale.place(one[1])) for one in self.intervals if one)


def scale(values: Iterable[float | None]) -> ForestScale:
    """The scale that includes zero and all values that are not None."""
    known = [0.0, *(value for value in values if value is not None)]
    return ForestScale(min(known), max(known)) if any(known) else ForestScale(-0.01, 0.01)


def verdict_table(
    document: Json, names: tuple[Named, ...], kept: Mapping[str, EvidenceLine] | None = None
) -> Table | None:
    """The reference and every strategy; None for a run of the reference alone.

    `kept` are lines of the table of evidence on a longer history, by the strategies' names.
    """
    if not names[1:]:
        return None
    seen, reference = lens(document), names[0].label
    drawn = scale(
        value
        for card in (strategy["scorecard"] for strategy in document["strategies"][1:])
        for value in (card["beyond_mix"]["payoff_mean"], *(end for one in _intervals(card) for end in one or ()))
    )
    first, *others = zip(document["strategies"], names, strict=True)
    longer = kept or {}
    return Table(
        name="verdict-table",
        caption=f"What each lost when {seen.both} fell together, on average, and what it saved over its mix",
        corner=f"Hedge added to {reference}",
        heads=_heads(reference, seen, drawn),
        rows=(
            _reference_row(*first, drawn),
            *(_row(one, named, drawn, longer.get(named.name)) for one, named in others),
        ),
        index=("strategy",),
        cards=True,
    )


def _heads(reference: str, seen: Lens, drawn: ForestScale) -> tuple[Head, ...]:
    lost, saved, grew = "Average loss, %", "Saved over its mix, points a sell-off", "Growth over, % a year"
    payoff = ("payoff", "low", "high", "low of all tried", "high of all tried")
    return (
        Head("It lost", group=lost, card="It lost", values=("loss",)),
        Head(
            "Its mix",
            f"{seen.stocks}/ {seen.bonds}",
            group=lost,
            card="Its mix",
            values=(f"mix {seen.stocks}", f"mix {seen.bonds}"),
        ),
        Head("The mix lost", group=lost, card="The mix lost", values=("mix loss",)),
        Head("", tone="plot", picture=drawn, group=saved, values=()),
        Head("Saved", "90% range", group=saved, card="Saved over its mix", values=payoff),
        Head("Shifts in time", "that saved as much", card="Shifts as good", values=("placebo",)),
        Head("Lost less", "of times it differed", card="Lost less", values=("lost less", "acted")),
        Head(
            "its mix",
            "90% range",
            group=grew,
            card="Growth over mix",
            values=("growth over mix", "growth low", "growth high"),
        ),
        Head(reference, group=grew, card=f"Growth over {reference}", values=("growth over reference",)),
        Head("Verdict", tone="words", values=("verdict", "smallest clear payoff", "longer history")),
    )


def _intervals(card: Json) -> tuple[Interval, Interval]:
    """The intervals of the mean payoff: the one widened for all strategies tried, and its own."""
    return ends(card, "beyond_mix.payoff_mean_of_all_tried"), ends(card, "beyond_mix.payoff_mean")


def _reference_row(strategy: Json, named: Named, drawn: ForestScale) -> TableRow:
    """The row of the reference: its loss and growth, without a verdict."""
    lost, cagr = strategy["scorecard"]["mean_loss"]["strategy"], strategy["measures"]["cagr"]
    blank = (Cell("", "none", values=(None,) * columns) for columns in (2, 1))
    rest = (Cell("", "none", values=(None,) * columns) for columns in (5, 1, 2, 3))
    return TableRow(
        strategy_head(named, "itself"),
        (
            points_cell(lost),
            *blank,
            Cell("", "plot none", picture=ForestLane(drawn, named.key, None, ()), values=()),
            *rest,
            Cell(f"grew {points(cagr)}", values=(None,), card="In % a year"),
            Cell("", "none", values=(None, None, None)),
        ),
    )


def _row(strategy: Json, named: Named, drawn: ForestScale, kept: EvidenceLine | None) -> TableRow:
    card = strategy["scorecard"]
    payoff, (wide, own) = card["beyond_mix"]["payoff_mean"], _intervals(card)
    shares = tuple(card["mix"].values())
    mix = "/".join(points(share, 0) for share in shares if share is not None)
    return TableRow(
        strategy_head(named, named.written),
        (
            points_cell(card["mean_loss"]["strategy"]),
            Cell(mix, values=shares),
            points_cell(card["mean_loss"]["mix"]),
            Cell("", "plot", picture=ForestLane(drawn, named.key, payoff, (wide, own)), values=()),
            Cell(
                points(payoff, 2, signed=True),
                "sum",
                small=interval_text(own, 2),
                values=(payoff, *(own or (None, None)), *(wide or (None, None))),
            ),
            *_against(card),
            _verdict(strategy, kept),
        ),
    )


def _verdict(strategy: Json, kept: EvidenceLine | None) -> Cell:
    word, least = strategy["verdict"], strategy["scorecard"]["beyond_mix"]["smallest_clear"]
    title = f"clear from {percent(least, 2, signed=True)}" if word in UNDECIDED and least else ""
    tone, values = f"words verdict {word}", (word, least)
    if kept is None:
        return Cell(VERDICTS[word], tone, title, values=(*values, None))
    known = VERDICTS[kept.verdict] if kept.verdict else kept.why_not
    when = f"since {kept.start[:4]}" if kept.start else kept.history
    return Cell(VERDICTS[word], tone, title, small=f"{when}: {known}", values=(*values, known))


def _against(card: Json) -> tuple[Cell, ...]:
    grown, growth = ends(card, "growth_annual.over_mix.total"), card["growth_annual"]
    better, acted = card["beyond_reference"]["better"], card["acted"]
    placebo, total = (card["beyond_mix"]["placebo"] or {}).get("as_good"), growth["over_mix"]["total"]
    return (
        Cell(percent(placebo, 0), values=(placebo,)),
        Cell(f"{better or 0:.0f} of {acted or 0:.0f}", values=(better, acted)),
        interval_cell(points(total, 2, signed=True), total, grown, interval_text(grown, 2)),
        points_cell(growth["over_reference"]["total"], 2, signed=True),
    )
