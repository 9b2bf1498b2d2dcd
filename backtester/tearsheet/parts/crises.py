"""The named crises: those in which bonds hedged against those in which they did not, then all the others."""

from dataclasses import dataclass

from backtester.tearsheet.format import period
from backtester.tearsheet.names import Json, Named
from backtester.tearsheet.parts.selloffs import asset_roles, return_heads, returns
from backtester.tearsheet.parts.table import Bar, Cell, Head, Row, Table

NOW = "2020"  # the first year of the double whammy: DESIGN section 1


@dataclass(frozen=True)
class Story:
    """What is told of a crisis beside its numbers."""

    name: str
    when: str
    cause: str
    summary: str
    source: str
    state: str


def crisis_tables(document: Json, names: tuple[Named, ...]) -> tuple[Table, ...]:
    """Then and now, and the others; a table without rows is left out."""
    crises = sorted(document["crises"], key=lambda crisis: (crisis["start"], crisis["name"]))
    famous = [crisis for crisis in crises if crisis.get("then_and_now")]
    others = [crisis for crisis in crises if not crisis.get("then_and_now")]
    then = [crisis for crisis in famous if crisis["start"] < NOW]
    now = [crisis for crisis in famous if crisis["start"] >= NOW]
    tables = (
        _table("then-table", "Then and now: what stocks and bonds did in each crisis. Returns in percent",
               (("Then", then), ("Now", now)), names),
        _table("crises-table", "Other named crises. Returns in percent", (("", others),), names),
    )  # fmt: skip
    return tuple(table for table in tables if table.rows)


def stories(document: Json) -> tuple[Story, ...]:
    """What happened in each crisis, why, and who says so, in order of time."""
    return tuple(
        Story(
            crisis["name"],
            period(crisis["start"], crisis["end"]),
            crisis["cause"],
            crisis["summary"],
            crisis["source"],
            _state(crisis),
        )
        for crisis in sorted(document["crises"], key=lambda crisis: (crisis["start"], crisis["name"]))
    )


def _table(name: str, caption: str, groups: tuple[tuple[str, list[Json]], ...], names: tuple[Named, ...]) -> Table:
    crises = [crisis for _, group in groups for crisis in group]
    assets = asset_roles(crises)
    widest = max((abs(crisis[leg] or 0.0) for crisis in crises for leg in ("stocks", "bonds")), default=1.0) or 1.0
    rows = []
    for title, group in groups:
        if title and group:
            rows.append(Row(Head(title), kind="group"))
        rows += [_row(crisis, assets, names, widest) for crisis in group]
    reasons = sorted({crisis["reason"] for crisis in crises if crisis.get("reason")})
    return Table(
        name=name,
        caption=caption,
        corner="Crisis",
        heads=(Head("Stocks and bonds"), *return_heads(assets, names)),
        rows=tuple(rows),
        note=" ".join(f"n/a: {reason}." for reason in reasons),
    )


def _row(crisis: Json, assets: tuple[str, ...], names: tuple[Named, ...], widest: float) -> Row:
    head = Head(crisis.get("headline") or crisis["name"], period(crisis["start"], crisis["end"]))
    if not crisis["covered"]:
        blank = tuple(Cell("", "none") for _ in range(2 + len(assets) + len(names)))
        return Row(
            head, (Cell("not covered", "words none", "the histories do not reach this window"), *blank, Cell(""))
        )
    bars = tuple(Bar(leg, (crisis[leg] or 0.0) / widest) for leg in ("stocks", "bonds"))
    return Row(head, (Cell("", bars=bars), *returns(crisis, assets, names)))


def _state(crisis: Json) -> str:
    if not crisis["covered"]:
        return "Not covered by the histories."
    return f"Measured in the history {crisis['history']}."
