"""The named crises: those in which bonds hedged against those in which they did not, then all the others."""

from dataclasses import dataclass

from backtester.pages.format import listed, period
from backtester.pages.names import Named
from backtester.pages.table import Bars, Cell, Head, Row, Table, leg_bars
from backtester.tearsheet.names import Json
from backtester.tearsheet.parts.returns import asset_roles, return_heads, returns

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


def then_and_now(document: Json) -> str:
    """In how many of the famous crises bonds rose while stocks fell, before and since; empty where none is covered."""
    famous = [crisis for crisis in document["crises"] if crisis.get("then_and_now") and crisis["covered"]]
    then = [crisis for crisis in famous if crisis["start"] < NOW]
    now = [crisis for crisis in famous if crisis["start"] >= NOW]
    told = [
        f"in {_hedged(part)} of the {len(part)} {words}"
        for part, words in ((then, f"before {NOW}"), (now, f"from {NOW} on"))
        if part
    ]
    return f"Between the dates below, bonds rose {listed(told)}." if told else ""


def _hedged(crises: list[Json]) -> int:
    return sum((crisis["bonds"] or 0.0) > 0 for crisis in crises)


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
    bars = leg_bars([{leg: crisis[leg] or 0.0 for leg in ("stocks", "bonds")} for crisis in crises])
    drawn = dict(zip((crisis["name"] for crisis in crises), bars, strict=True))
    rows = []
    for title, group in groups:
        if title and group:
            rows.append(Row(Head(title), kind="group"))
        rows += [_row(crisis, assets, names, drawn[crisis["name"]]) for crisis in group]
    reasons = sorted({crisis["reason"] for crisis in crises if crisis["covered"] and crisis.get("reason")})
    return Table(
        name=name,
        caption=caption,
        corner="Crisis",
        heads=(Head("Stocks and bonds", values=()), *return_heads(assets, names)),
        rows=tuple(rows),
        note=f"Strategies are n/a where {'; '.join(reasons)}." if reasons else "",
        index=("crisis", "start", "end"),
    )


def _row(crisis: Json, assets: tuple[str, ...], names: tuple[Named, ...], bars: Bars) -> Row:
    values = (crisis["name"], crisis["start"], crisis["end"])
    head = Head(crisis.get("headline") or crisis["name"], period(crisis["start"], crisis["end"]), values=values)
    if not crisis["covered"]:
        blank = tuple(Cell("", "none", values=(None,)) for _ in return_heads(assets, names))
        reason = crisis.get("reason", "the histories do not reach this window")
        return Row(head, (Cell("not covered", "words none", reason, values=()), *blank))
    return Row(head, (Cell("", bars=bars, values=()), *returns(crisis, assets, names)))


def _state(crisis: Json) -> str:
    if not crisis["covered"]:
        return "Not covered by the histories."
    return f"Measured in the history {crisis['history']}."
