"""What made each strategy's payoff, and whether it hangs on the definition of a joint sell-off."""

from backtester.analysis.figures import figures_of
from backtester.pages.format import MINUS, points
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Row, Table, number_cell, points_cell, strategy_head, tone
from backtester.tearsheet.names import Json
from backtester.tearsheet.parts.cards import card_link
from backtester.tearsheet.parts.scorecard import between

PARTS = "payoff_parts"
STEPS = (0.0005, 0.002, 0.005)


def parts_table(document: Json, names: tuple[Named, ...]) -> Table:
    """What the mean payoff of each strategy is made of: what it held, traded and paid."""
    figures = figures_of("scorecard")
    parts = {name.removeprefix(f"{PARTS}."): one for name, one in figures.items() if name.startswith(f"{PARTS}.")}
    cards = [strategy["scorecard"] for strategy in document["strategies"][1:]]
    return Table(
        name="payoff-parts-table",
        caption=f"{figures[PARTS].label}, in percent a joint sell-off",
        corner="Strategy",
        heads=(
            *(Head(one.label, values=(name,), link=card_link("scorecard", PARTS)) for name, one in parts.items()),
            Head("Mean payoff", values=("payoff_mean",)),
        ),
        rows=tuple(
            Row(
                strategy_head(named),
                (
                    *(points_cell(card[PARTS][part], 2, signed=True) for part in parts),
                    points_cell(card["beyond_mix"]["payoff_mean"], 2, tone="sum", signed=True),
                ),
            )
            for named, card in zip(names[1:], cards, strict=True)
        ),
        note="More or less of the legs than the mix held when the sell-off began, what trading them inside it added, "
        "and what other assets did. They add up to the mean payoff.",
    )


def sensitivity_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """The mean payoffs at other definitions of a joint sell-off, the run's own first; None without a strategy."""
    found = [strategy["scorecard"]["sensitivity"] for strategy in document["strategies"][1:]]
    if not found:
        return None
    return Table(
        name="sensitivity-table",
        caption="The mean payoff by definition of a joint sell-off, in percent a window, with 90% intervals",
        corner="Definition",
        heads=(Head("Windows"), *(strategy_head(named, columns=("low", "high")) for named in names[1:])),
        rows=tuple(
            Row(
                Head(_definition(own[0]), "this run's" if not place else "", values=(own[0]["name"],)),
                (number_cell(own[0]["windows"], 0), *(_payoff(one) for one in own)),
            )
            for place, own in enumerate(zip(*found, strict=True))
        ),
        note="Intervals of the first 200 resamples. Blue: it saved something over its mix; orange: it lost more.",
    )


def _definition(one: Json) -> str:
    text = str(one["name"]).replace(" -", f" {MINUS}")
    return text[:1].upper() + text[1:]


def _payoff(one: Json) -> Cell:
    mean, interval = one["payoff_mean"], one["interval"]
    values = (mean, *(interval or (None, None)))
    return Cell(points(mean, 2, signed=True), tone(mean, STEPS), small=between(interval, 2), values=values)
