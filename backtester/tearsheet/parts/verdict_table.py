"""The table of verdicts, a row for each strategy: losses, the payoff with its intervals as a forest plot, and growth.

A strategy's mix is the stocks, bonds and bills, in fixed shares, that moved as it did; its payoff is its return beyond
the mix in joint sell-offs, in which stocks and bonds fell together. Tried are all strategies that a verdict allows for.
The document is a run's results as JSON.
"""

from collections.abc import Mapping

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
from backtester.tearsheet.names import PairWords, pair_words
from backtester.tearsheet.parts.forest_plot import ForestLane, ForestScale, forest_scale
from backtester.tearsheet.parts.measures import figure_interval

UNDECIDED = ("unclear", "few")  # verdicts that are shown with the smallest clear payoff


def verdict_table(
    document: Json, names: tuple[Named, ...], long_history: Mapping[str, EvidenceLine] | None = None
) -> Table | None:
    """A row for the reference and each strategy; None for a run of the reference alone.

    `long_history` holds, by a strategy's name, its line in the table of evidence on a longer history.
    """
    if not names[1:]:
        return None
    pair, reference = pair_words(document), names[0].label
    scale = forest_scale(
        value
        for card in (strategy["scorecard"] for strategy in document["strategies"][1:])
        for value in (
            card["beyond_mix"]["payoff_mean"],
            *(end for ends in _payoff_intervals(card) for end in ends or ()),
        )
    )
    first, *others = zip(document["strategies"], names, strict=True)
    evidence = long_history or {}
    return Table(
        name="verdict-table",
        caption=f"What each lost when {pair.both} fell together, on average, and what it saved over its mix",
        corner=f"Hedge added to {reference}",
        heads=_heads(reference, pair, scale),
        rows=(
            _reference_row(*first, scale),
            *(_strategy_row(strategy, named, scale, evidence.get(named.name)) for strategy, named in others),
        ),
        index=("strategy",),
        cards=True,
    )


def _heads(reference: str, pair: PairWords, scale: ForestScale) -> tuple[Head, ...]:
    """The heads of the columns; `values` are the names of their columns in the csv."""
    lost, saved, grew = "Average loss, %", "Saved over its mix, points a sell-off", "Growth over, % a year"
    payoff = ("payoff", "low", "high", "low of all tried", "high of all tried")
    return (
        Head("It lost", group=lost, card="It lost", values=("loss",)),
        Head(
            "Its mix",
            f"{pair.stocks}/ {pair.bonds}",
            group=lost,
            card="Its mix",
            values=(f"mix {pair.stocks}", f"mix {pair.bonds}"),
        ),
        Head("The mix lost", group=lost, card="The mix lost", values=("mix loss",)),
        Head("", tone="plot", picture=scale, group=saved, values=()),
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


def _payoff_intervals(card: Json) -> tuple[Interval, Interval]:
    """The intervals of the mean payoff: the one widened for all strategies tried, and its own."""
    return figure_interval(card, "beyond_mix.payoff_mean_of_all_tried"), figure_interval(card, "beyond_mix.payoff_mean")


def _reference_row(strategy: Json, named: Named, scale: ForestScale) -> TableRow:
    """The row of the reference: its loss and growth, without a verdict.

    Its empty cells have as many values for the csv as the heads of their columns.
    """
    lost, cagr = strategy["scorecard"]["mean_loss"]["strategy"], strategy["measures"]["cagr"]
    blank = (Cell("", "none", values=(None,) * columns) for columns in (2, 1))  # its mix, the mix lost
    # payoff, shifts in time, lost less, growth over the mix
    rest = (Cell("", "none", values=(None,) * columns) for columns in (5, 1, 2, 3))
    return TableRow(
        strategy_head(named, "itself"),
        (
            points_cell(lost),
            *blank,
            Cell("", "plot none", picture=ForestLane(scale, named.key, None, ()), values=()),
            *rest,
            Cell(f"grew {points(cagr)}", values=(None,), card="In % a year"),
            Cell("", "none", values=(None, None, None)),
        ),
    )


def _strategy_row(strategy: Json, named: Named, scale: ForestScale, evidence: EvidenceLine | None) -> TableRow:
    """The row of a strategy; `evidence` is its line in the table of evidence on the longer history."""
    card = strategy["scorecard"]
    payoff, (widened, interval) = card["beyond_mix"]["payoff_mean"], _payoff_intervals(card)
    shares = tuple(card["mix"].values())
    mix = "/".join(points(share, 0) for share in shares if share is not None)
    return TableRow(
        strategy_head(named, named.written),
        (
            points_cell(card["mean_loss"]["strategy"]),
            Cell(mix, values=shares),
            points_cell(card["mean_loss"]["mix"]),
            Cell("", "plot", picture=ForestLane(scale, named.key, payoff, (widened, interval)), values=()),
            Cell(
                points(payoff, 2, signed=True),
                "sum",
                small=interval_text(interval, 2),
                values=(payoff, *(interval or (None, None)), *(widened or (None, None))),
            ),
            *_comparison_cells(card),
            _verdict_cell(strategy, evidence),
        ),
    )


def _verdict_cell(strategy: Json, evidence: EvidenceLine | None) -> Cell:
    """The verdict and, in small type, that on the longer history, or why there is none."""
    verdict, least = strategy["verdict"], strategy["scorecard"]["beyond_mix"]["smallest_clear"]
    title = f"clear from {percent(least, 2, signed=True)}" if verdict in UNDECIDED and least else ""
    tone, values = f"words verdict {verdict}", (verdict, least)
    if evidence is None:
        return Cell(VERDICTS[verdict], tone, title, values=(*values, None))
    long_history_verdict = VERDICTS[evidence.verdict] if evidence.verdict else evidence.why_not
    since = f"since {evidence.start[:4]}" if evidence.start else evidence.history
    return Cell(
        VERDICTS[verdict], tone, title, small=f"{since}: {long_history_verdict}", values=(*values, long_history_verdict)
    )


def _comparison_cells(card: Json) -> tuple[Cell, ...]:
    """The cells on shifts in time, times lost less, growth over the mix and growth over the reference."""
    interval, growth = figure_interval(card, "growth_annual.over_mix.total"), card["growth_annual"]
    better, acted = card["beyond_reference"]["better"], card["acted"]
    placebo, over_mix = (card["beyond_mix"]["placebo"] or {}).get("as_good"), growth["over_mix"]["total"]
    return (
        Cell(percent(placebo, 0), values=(placebo,)),
        Cell(f"{better or 0:.0f} of {acted or 0:.0f}", values=(better, acted)),
        interval_cell(points(over_mix, 2, signed=True), over_mix, interval, interval_text(interval, 2)),
        points_cell(growth["over_reference"]["total"], 2, signed=True),
    )
