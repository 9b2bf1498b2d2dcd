"""The scorecard in slices: by regime, by decade and by cause."""

from backtester.pages.format import counted, percent, points
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Row, Table, strategy_head, tone
from backtester.tearsheet.names import Json

KINDS = (
    ("regime", "By regime: the correlation of stocks and bonds in the 36 months before"),
    ("decade", "By decade"),
    ("cause", "By cause of the crisis"),
)
COLUMNS = ("acted", "payoff", "low", "high", "payoff beyond mix", "cost annual")  # of the csv, after the first
REGIMES = {"positive": "Above zero", "negative": "Below zero", "undetermined": "Less than 36 months before"}


def slices_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """How often, and by how much, each strategy did better beyond its own risk; None where the run does not say."""
    cards = [strategy["scorecard"] for strategy in document["strategies"][1:]]
    if not cards or not all(card.get("slices") for card in cards):
        return None
    rows: list[Row] = []
    for kind, title in KINDS:
        slices = [{one["name"]: one for one in card["slices"].get(kind) or ()} for card in cards]
        found = list(dict.fromkeys(name for own in slices for name in own))
        if found:
            rows.append(Row(Head(title), kind="group"))
        rows += [_row(kind, name, [own.get(name) for own in slices]) for name in found]
    return Table(
        name="slices-table",
        caption="Beyond its own risk, by regime, decade and cause: better of those it acted in, and mean payoff in "
        "percent a window",
        corner="Slice",
        heads=(
            Head("Windows"),
            *(strategy_head(named, columns=COLUMNS) for named in names[1:]),
        ),
        rows=tuple(rows),
        note="A slice of a handful of windows proves nothing; look for what holds in all of them.",
    )


def _row(kind: str, name: str, slices: list[Json | None]) -> Row:
    first = next(one for one in slices if one)
    label = REGIMES.get(name, name.capitalize()) if kind == "regime" else name.replace("_", " ").capitalize()
    spells = f"in {counted(first['spells'], 'spell')}" if first.get("spells") is not None else ""
    return Row(
        Head(label, spells, values=(name,)),
        (Cell(str(first["windows"]), values=(first["windows"],)), *(_cell(one) for one in slices)),
    )


def _cell(one: Json | None) -> Cell:
    if not one:
        return Cell("n/a", values=(None,) * (1 + len(COLUMNS)))
    twin, (low, high) = one["beyond_twin"], one.get("interval") or (None, None)
    acted, mean = twin["better"] + twin["worse"], twin["payoff_mean"]
    mix = (one.get("beyond_mix") or {}).get("payoff_mean")
    between = (
        "" if low is None or high is None else f"90% interval of that share: {percent(low, 0)} to {percent(high, 0)}"
    )
    return Cell(
        f"{twin['better']} of {acted}",
        tone(mean, (0.001, 0.005, 0.01)) if acted else "",  # what did as the reference did has no payoff of its own
        between,
        small=points(mean, 2, signed=True) if acted else "",
        values=(twin["better"], acted, mean, low, high, mix, one.get("cost_annual")),
    )
