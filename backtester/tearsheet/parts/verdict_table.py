"""The verdict's numbers, a row a strategy: three losses, the payoff with its intervals as a forest plot, and growth."""

from backtester.pages.format import percent, points
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Row, Table, picture_cell, points_cell, strategy_head
from backtester.runs.sentences import VERDICTS
from backtester.tearsheet.lenses import Lens, lens
from backtester.tearsheet.names import Json
from backtester.tearsheet.parts.forest import Scale, scale
from backtester.tearsheet.parts.scorecard import between, ends

WIDE = "wide"  # left out on a phone, where the scorecard's table has it
UNDECIDED = ("unclear", "few")  # verdicts beside which the smallest clear payoff stands
BLANK = tuple(Cell("", WIDE, values=(None,) * columns) for columns in (1, 3, 2, 1))  # of the reference


def verdict_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """The reference and every strategy; None for a run of the reference alone."""
    if not names[1:]:
        return None
    seen = lens(document)
    drawn = _scale([strategy["scorecard"] for strategy in document["strategies"]])
    shares = (f"mix {seen.stocks}", f"mix {seen.bonds}")
    heads = (
        Head("Verdict", tone="words", values=("verdict", "smallest clear payoff")),
        Head("It lost", "% a sell-off", values=("loss",)),
        Head("Its mix lost", "% a sell-off", values=("mix loss", *shares)),
        Head("Payoff", "what it saved over its mix", tone=f"plot {WIDE}", picture=drawn, values=()),
        Head("Payoff", "90% interval", values=("payoff", "low", "high", "low of all tried", "high of all tried")),
        Head("Placebo", "shifts that saved as much", tone=WIDE, values=("placebo",)),
        Head("Growth over mix", "% a year", tone=WIDE, values=("growth over mix", "growth low", "growth high")),
        Head("Lost less than the reference", tone=WIDE, values=("lost less", "acted")),
        Head("Growth over reference", "% a year", tone=WIDE, values=("growth over reference",)),
    )
    pairs = zip(document["strategies"], names, strict=True)
    return Table(
        name="verdict-table",
        caption=f"What each lost when {seen.both} fell together, on average, and what it saved over its mix",
        corner="Strategy",
        heads=heads,
        rows=tuple(_row(one, named, drawn, seen, first=not place) for place, (one, named) in enumerate(pairs)),
        note="Thin line: the interval that allows for all strategies tried, which decides. Placebo: of all shifts of "
        "its weights in time, how many saved as much. Growth: log points.",
        index=("strategy",),
    )


def _scale(cards: list[Json]) -> Scale:
    found = [card["beyond_mix"]["payoff_mean"] for card in cards]
    for card in cards:
        for path in ("beyond_mix.payoff_mean", "beyond_mix.payoff_mean_of_all_tried"):
            found += ends(card, path) or ()
    return scale(found)


def _row(strategy: Json, named: Named, drawn: Scale, seen: Lens, *, first: bool) -> Row:
    card = strategy["scorecard"]
    payoff = card["beyond_mix"]["payoff_mean"]
    inside, wide = (ends(card, f"beyond_mix.{name}") for name in ("payoff_mean", "payoff_mean_of_all_tried"))
    return Row(
        strategy_head(named),
        (
            Cell("the reference", "words", values=(None, None)) if first else _verdict(strategy),
            points_cell(card["mean_loss"]["strategy"], 2),
            _mix(card, seen),
            picture_cell(drawn.lane(named.key, payoff, (wide, inside)), WIDE),
            Cell(
                points(payoff, 2, signed=True),
                small=between(inside, 2),
                values=(payoff, *(inside or (None, None)), *(wide or (None, None))),
            ),
            *(BLANK if first else _against(card)),
        ),
    )


def _verdict(strategy: Json) -> Cell:
    word, least = strategy["verdict"], strategy["scorecard"]["beyond_mix"]["smallest_clear"]
    small = f"clear from {percent(least, 2, signed=True)}" if word in UNDECIDED and least else ""
    return Cell(VERDICTS[word], f"words verdict {word}", small=small, values=(word, least))


def _mix(card: Json, seen: Lens) -> Cell:
    """The mix's loss over its shares, by the legs' labels."""
    shares = tuple((card["mix"] or {}).values()) or (None, None)
    named = zip(shares, (seen.stocks, seen.bonds), strict=True)
    small = ", ".join(f"{percent(share, 0)} {label}" for share, label in named if share is not None)
    loss = card["mean_loss"]["mix"]
    return Cell(points(loss, 2), small=small, values=(loss, *shares))


def _against(card: Json) -> tuple[Cell, ...]:
    grown, growth = ends(card, "growth_annual.over_mix.total"), card["growth_annual"]
    better, acted = card["beyond_reference"]["better"], card["acted"]
    placebo = (card["beyond_mix"]["placebo"] or {}).get("as_good")
    total = growth["over_mix"]["total"]
    return (
        Cell(percent(placebo, 0), WIDE, values=(placebo,)),
        Cell(points(total, 2, signed=True), WIDE, small=between(grown, 2), values=(total, *(grown or (None, None)))),
        Cell(f"{better or 0:.0f} of {acted or 0:.0f}", WIDE, values=(better, acted)),
        points_cell(growth["over_reference"]["total"], 2, tone=WIDE, signed=True),
    )
