"""Joint sell-offs in slices, by regime, decade and cause: what strategies did in them, and how many chance gives."""

from backtester.pages.format import counted, number, points
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Row, Table, number_cell, points_cell, strategy_head, tone
from backtester.tearsheet.lenses import lens
from backtester.tearsheet.names import Json

KINDS = (
    ("regime", "By regime: the legs' correlation in the 36 months before"),
    ("decade", "By decade"),
    ("cause", "By cause of the crisis"),
)
COLUMNS = ("loss", "mix loss", "lost less", "lost more")  # of the csv, after the payoff
REGIMES = {"positive": "Above zero", "negative": "Below zero", "undetermined": "Less than 36 months before"}


def slices_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """What each strategy lost and saved in each slice; None without a strategy or a joint sell-off."""
    cards = [strategy["scorecard"]["slices"] for strategy in document["strategies"][1:]]
    rows: list[Row] = []
    for kind, title in KINDS:
        found = list(zip(*(slices[kind] for slices in cards), strict=True))
        if found:
            rows.append(Row(Head(title), kind="group"))
        rows += [_row(kind, one) for one in found]
    if not rows:
        return None
    return Table(
        name="slices-table",
        caption="Mean payoff by regime, decade and cause, in percent a window; below it the strategy's mean loss and "
        "its mix's, and in how many it lost less than the reference",
        corner="Slice",
        heads=(
            Head("Windows"),
            Head("The reference lost"),
            *(strategy_head(named, columns=COLUMNS) for named in names[1:]),
        ),
        rows=tuple(rows),
        note="A slice of under 20 windows has no verdict; look for what holds in all of them.",
    )


def chance_table(document: Json) -> Table | None:
    """How many joint sell-offs there were, beside how many chance gives; None where the window is too short."""
    rows, bonds = list[Row](), lens(document).bonds
    for kind, title in (("all", ""), *KINDS):
        found = [one for one in document["chance"].get(kind, ()) if one["mean"] is not None]
        if title and found:
            rows.append(Row(Head(title), kind="group"))
        rows += [
            Row(
                Head(slice_label(kind, one["name"]), values=(one["name"],)),
                (
                    number_cell(one["count"], 0),
                    Cell(
                        number(one["mean"], 1),
                        small=f"{number(one['low'], 0)} to {number(one['high'], 0)}",
                        values=(one["mean"], one["low"], one["high"]),
                    ),
                ),
            )
            for one in found
        ]
    if not rows:
        return None
    return Table(
        name="chance-table",
        caption=f"Joint sell-offs, and how many there are when the returns of {bonds} are shifted in time",
        corner="Slice",
        heads=(Head("Found"), Head("By chance", "mean, 90% range", values=("mean", "low", "high"))),
        rows=tuple(rows),
        note=f"{document['chance']['all'][0]['rotations']} shifts, each of all returns of {bonds} by one number of "
        "sessions: both legs fall as they did, and meet by chance.",
    )


def slice_label(kind: str, name: str) -> str:
    """A slice in words."""
    if kind == "all":
        return "Whole window"
    return REGIMES.get(name, name.capitalize()) if kind == "regime" else name.replace("_", " ").capitalize()


def _row(kind: str, found: tuple[Json, ...]) -> Row:
    first = found[0]
    spells = f"in {counted(first['spells'], 'spell')}" if first["spells"] else ""
    loss = first["mean_loss"]["reference"]
    return Row(
        Head(slice_label(kind, first["name"]), spells, values=(first["name"],)),
        (number_cell(first["windows"], 0), points_cell(loss, 2), *(_cell(one) for one in found)),
    )


def _cell(one: Json) -> Cell:
    mean, losses = one["payoff_mean"], one["mean_loss"]
    less, acted = one["lost_less"], one["lost_less"] + one["lost_more"]
    return Cell(
        points(mean, 2, signed=True),
        tone(mean, (0.001, 0.005, 0.01)) if acted else "",  # what did as the reference did has no payoff of its own
        small=f"{points(losses['strategy'], 1)}, mix {points(losses['mix'], 1)}; {less} of {acted}",
        values=(mean, losses["strategy"], losses["mix"], less, one["lost_more"]),
    )
