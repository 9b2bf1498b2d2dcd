"""The tables on payoffs, by part, by definition of a joint sell-off, and by slice: a regime, a decade or a cause; and
the table of how many joint sell-offs there would be by chance.

A payoff is a strategy's return beyond its mix (the stocks, bonds and bills, in fixed shares, that moved as it did) in
joint sell-offs. The legs are the stocks and the bonds; a regime is the sign of their correlation. The document is a
run's results as JSON.
"""

from backtester.analysis.figures import figures_in
from backtester.pages.format import counted, number, points
from backtester.pages.names import Named
from backtester.pages.table import (
    Cell,
    Head,
    Table,
    TableRow,
    group_row,
    interval_cell,
    interval_text,
    number_cell,
    points_cell,
    strategy_head,
    strategy_heads,
    tone,
)
from backtester.runs.values import Json
from backtester.tearsheet.names import pair_words
from backtester.tearsheet.parts.measures import card_link

PAYOFF_PARTS_KEY = "payoff_parts"
SLICE_TITLES = {
    "regime": "By regime: the legs' correlation in the 36 months before",
    "decade": "By decade",
    "cause": "By cause of the crisis",
}
# sizes of a payoff from which a cell has the next darker shade; slices, with fewer windows, vary more
SHADE_PAYOFFS, SHADE_SLICES = (0.0005, 0.002, 0.005), (0.001, 0.005, 0.01)
SLICE_COLUMNS = ("loss", "mix loss", "lost less", "lost more")  # of the csv, after the payoff
REGIME_LABELS = {"positive": "Above zero", "negative": "Below zero", "undetermined": "Less than 36 months before"}


def parts_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The parts of each strategy's mean payoff: holdings, trading, other assets, costs and interest."""
    figures = figures_in("scorecard")
    parts = {
        name.removeprefix(f"{PAYOFF_PARTS_KEY}."): figure
        for name, figure in figures.items()
        if name.startswith(f"{PAYOFF_PARTS_KEY}.")
    }
    rows = []
    for named, strategy in zip(names[1:], document["strategies"][1:], strict=True):
        card = strategy["scorecard"]
        cells = (points_cell(card[PAYOFF_PARTS_KEY][part], 2, signed=True) for part in parts)
        total = points_cell(card["beyond_mix"]["payoff_mean"], 2, tone="sum", signed=True)
        rows.append(TableRow(strategy_head(named), (*cells, total)))
    return Table(
        name="payoff-parts-table",
        caption=f"{figures[PAYOFF_PARTS_KEY].label}, in percent a joint sell-off",
        corner="Strategy",
        heads=(
            *(
                Head(figure.label, values=(name,), link=card_link(figures[PAYOFF_PARTS_KEY]))
                for name, figure in parts.items()
            ),
            Head("Mean payoff", values=("payoff_mean",)),
        ),
        rows=tuple(rows),
        note="More or less of the legs than the mix held when the sell-off began, what trading them inside it added, "
        "and what other assets did. With costs and interest, the small rest, they add up to the mean payoff.",
    )


def sensitivity_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The mean payoffs at several definitions of a joint sell-off, the run's own first."""
    sensitivities = (strategy["scorecard"]["sensitivity"] for strategy in document["strategies"][1:])
    rows: list[TableRow] = []
    for row in zip(*sensitivities, strict=True):
        name = row[0]["name"]
        head = Head(name[:1].upper() + name[1:], "" if rows else "this run's", values=(name,))
        rows.append(TableRow(head, (number_cell(row[0]["windows"], 0), *(_payoff_cell(payoff) for payoff in row))))
    return Table(
        name="sensitivity-table",
        caption="The mean payoff by definition of a joint sell-off, in percent a window, with 90% intervals",
        corner="Definition",
        heads=(Head("Windows"), *strategy_heads(names[1:], columns=("low", "high"))),
        rows=tuple(rows),
        note="Intervals of the first resamples, 200 at most. Blue: it saved something; orange: it lost more.",
    )


def slices_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """The mean payoff and losses of each strategy in each slice; None without a joint sell-off."""
    rows: list[TableRow] = []
    for kind, title in SLICE_TITLES.items():
        slices_of_strategies = (strategy["scorecard"]["slices"][kind] for strategy in document["strategies"][1:])
        slice_rows = [_slice_row(kind, *slices_of_row) for slices_of_row in zip(*slices_of_strategies, strict=True)]
        rows += [group_row(title), *slice_rows] if slice_rows else []
    if not rows:
        return None
    return Table(
        name="slices-table",
        caption="Mean payoff by regime, decade and cause, in percent a window; below it the strategy's mean loss and "
        "its mix's, and in how many it lost less than the reference",
        corner="Slice",
        heads=(Head("Windows"), Head("The reference lost"), *strategy_heads(names[1:], columns=SLICE_COLUMNS)),
        rows=tuple(rows),
        note="A slice of under 20 windows has no verdict; look for what holds in all of them.",
    )


def chance_table(document: Json) -> Table | None:
    """The number of joint sell-offs, and how many there are when bonds are shifted in time; None if the run is too
    short for that."""
    bonds, chance = pair_words(document).bonds, document["chance"]
    rows = [_chance_row("all", count) for count in chance["all"] if count["mean"] is not None]
    for kind in ("regime", "decade"):
        slice_rows = [_chance_row(kind, count) for count in chance[kind] if count["mean"] is not None]
        rows += [group_row(SLICE_TITLES[kind]), *slice_rows] if slice_rows else []
    if not rows:
        return None
    return Table(
        name="chance-table",
        caption=f"Joint sell-offs, and how many there are when the returns of {bonds} are shifted in time",
        corner="Slice",
        heads=(Head("Found"), Head("By chance", "mean, 90% range", values=("mean", "low", "high"))),
        rows=tuple(rows),
        note=f"{chance['all'][0]['rotations']} shifts, each of all returns of {bonds} by one number of sessions: both "
        "legs fall as they did, and meet by chance.",
    )


def _slice_head(kind: str, name: str, note: str = "") -> Head:
    """The head of a slice's row."""
    if kind == "all":
        return Head("Whole time", values=(name,))
    text = REGIME_LABELS.get(name, name) if kind == "regime" else name.replace("_", " ").capitalize()
    return Head(text, note, values=(name,))


def _payoff_cell(payoff: Json) -> Cell:
    """A mean payoff at one definition of a joint sell-off, with its interval."""
    mean, interval = payoff["payoff_mean"], payoff["interval"]
    text, small = points(mean, 2, signed=True), interval_text(interval, 2)
    return interval_cell(text, mean, interval, small=small, tone=tone(mean, SHADE_PAYOFFS))


def _slice_row(kind: str, *slices: Json) -> TableRow:
    """The row of one slice; `slices` has its figures for each strategy."""
    first = slices[0]
    spells = f"in {counted(first['spells'], 'spell')}" if first["spells"] else ""
    shared = (number_cell(first["windows"], 0), points_cell(first["mean_loss"]["reference"], 2))
    return TableRow(
        _slice_head(kind, first["name"], spells), (*shared, *(_slice_cell(strategy_slice) for strategy_slice in slices))
    )


def _slice_cell(strategy_slice: Json) -> Cell:
    """A strategy's payoff in a slice, its loss and its mix's, and in how many windows it lost less."""
    mean, losses = strategy_slice["payoff_mean"], strategy_slice["mean_loss"]
    lost_less, acted = strategy_slice["lost_less"], strategy_slice["lost_less"] + strategy_slice["lost_more"]
    shade = tone(mean, SHADE_SLICES) if acted else ""  # a strategy that never acted has the reference's payoff
    return Cell(
        points(mean, 2, signed=True),
        shade,
        small=f"{points(losses['strategy'], 1)}, mix {points(losses['mix'], 1)}; {lost_less} of {acted}",
        values=(mean, losses["strategy"], losses["mix"], lost_less, strategy_slice["lost_more"]),
    )


def _chance_row(kind: str, count: Json) -> TableRow:
    """The row of one slice: how many joint sell-offs there are, and how many by chance."""
    small = f"{number(count['low'], 0)} to {number(count['high'], 0)}"
    by_chance = interval_cell(number(count["mean"], 1), count["mean"], (count["low"], count["high"]), small)
    return TableRow(_slice_head(kind, count["name"]), (number_cell(count["count"], 0), by_chance))
