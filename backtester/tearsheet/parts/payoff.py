"""The tables on payoffs: their parts, by definition of a joint sell-off, by regime, decade and cause; and the number of
joint sell-offs by chance."""

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

PARTS_KEY = "payoff_parts"
SLICE_TITLES = {
    "regime": "By regime: the legs' correlation in the 36 months before",
    "decade": "By decade",
    "cause": "By cause of the crisis",
}
SLICE_COLUMNS = ("loss", "mix loss", "lost less", "lost more")  # of the csv, after the payoff
REGIME_LABELS = {"positive": "Above zero", "negative": "Below zero", "undetermined": "Less than 36 months before"}


def parts_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The parts of each strategy's mean payoff: holdings, trading, other assets, costs and interest."""
    figures = figures_in("scorecard")
    parts = {
        name.removeprefix(f"{PARTS_KEY}."): one for name, one in figures.items() if name.startswith(f"{PARTS_KEY}.")
    }
    rows = []
    for named, strategy in zip(names[1:], document["strategies"][1:], strict=True):
        card = strategy["scorecard"]
        cells = (points_cell(card[PARTS_KEY][part], 2, signed=True) for part in parts)
        total = points_cell(card["beyond_mix"]["payoff_mean"], 2, tone="sum", signed=True)
        rows.append(TableRow(strategy_head(named), (*cells, total)))
    return Table(
        name="payoff-parts-table",
        caption=f"{figures[PARTS_KEY].label}, in percent a joint sell-off",
        corner="Strategy",
        heads=(
            *(Head(one.label, values=(name,), link=card_link(figures[PARTS_KEY])) for name, one in parts.items()),
            Head("Mean payoff", values=("payoff_mean",)),
        ),
        rows=tuple(rows),
        note="More or less of the legs than the mix held when the sell-off began, what trading them inside it added, "
        "and what other assets did. With costs and interest, the small rest, they add up to the mean payoff.",
    )


def sensitivity_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The mean payoffs at other definitions of a joint sell-off, the run's own first."""
    found = (strategy["scorecard"]["sensitivity"] for strategy in document["strategies"][1:])
    rows: list[TableRow] = []
    for own in zip(*found, strict=True):
        name = own[0]["name"]
        head = Head(name[:1].upper() + name[1:], "" if rows else "this run's", values=(name,))
        rows.append(TableRow(head, (number_cell(own[0]["windows"], 0), *(_payoff(one) for one in own))))
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
        found = (strategy["scorecard"]["slices"][kind] for strategy in document["strategies"][1:])
        slices = [_slice(kind, *own) for own in zip(*found, strict=True)]
        rows += [group_row(title), *slices] if slices else []
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
    """The number of joint sell-offs, and their number by chance; None if the run is too short for it."""
    bonds, chance = pair_words(document).bonds, document["chance"]
    rows = [_chance("all", one) for one in chance["all"] if one["mean"] is not None]
    for kind in ("regime", "decade"):
        slices = [_chance(kind, one) for one in chance[kind] if one["mean"] is not None]
        rows += [group_row(SLICE_TITLES[kind]), *slices] if slices else []
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


def _head(kind: str, name: str, note: str = "") -> Head:
    """The head of a slice's row."""
    if kind == "all":
        return Head("Whole time", values=(name,))
    text = REGIME_LABELS.get(name, name) if kind == "regime" else name.replace("_", " ").capitalize()
    return Head(text, note, values=(name,))


def _payoff(one: Json) -> Cell:
    mean, interval = one["payoff_mean"], one["interval"]
    text, small = points(mean, 2, signed=True), interval_text(interval, 2)
    return interval_cell(text, mean, interval, small, tone(mean, (0.0005, 0.002, 0.005)))


def _slice(kind: str, *own: Json) -> TableRow:
    first = own[0]
    spells = f"in {counted(first['spells'], 'spell')}" if first["spells"] else ""
    shared = (number_cell(first["windows"], 0), points_cell(first["mean_loss"]["reference"], 2))
    return TableRow(_head(kind, first["name"], spells), (*shared, *(_saved(one) for one in own)))


def _saved(one: Json) -> Cell:
    mean, losses = one["payoff_mean"], one["mean_loss"]
    less, acted = one["lost_less"], one["lost_less"] + one["lost_more"]
    return Cell(
        points(mean, 2, signed=True),
        tone(mean, (0.001, 0.005, 0.01))
        if acted
        else "",  # without a difference from the reference the payoff is the reference's
        small=f"{points(losses['strategy'], 1)}, mix {points(losses['mix'], 1)}; {less} of {acted}",
        values=(mean, losses["strategy"], losses["mix"], less, one["lost_more"]),
    )


def _chance(kind: str, one: Json) -> TableRow:
    small = f"{number(one['low'], 0)} to {number(one['high'], 0)}"
    by_chance = interval_cell(number(one["mean"], 1), one["mean"], (one["low"], one["high"]), small)
    return TableRow(_head(kind, one["name"]), (number_cell(one["count"], 0), by_chance))
