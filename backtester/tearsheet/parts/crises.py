"""The named crises: those in which bonds hedged against those in which they did not, then all the others."""

from dataclasses import dataclass

from backtester.pages.format import period
from backtester.pages.names import Named
from backtester.pages.table import Bars, Cell, Head, Row, Table, leg_bars
from backtester.tearsheet.lenses import lens
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
    both = lens(document).both
    crises = sorted(document["crises"], key=lambda crisis: (crisis["start"], crisis["name"]))
    famous = [crisis for crisis in crises if crisis.get("then_and_now")]
    others = [crisis for crisis in crises if not crisis.get("then_and_now")]
    then = [crisis for crisis in famous if crisis["start"] < NOW]
    now = [crisis for crisis in famous if crisis["start"] >= NOW]
    tables = (
        _table(document, "then-table", f"Then and now: what {both} did in each crisis. Returns in percent",
               ((f"Then: {_hedged(document, then)}", then), (f"Now: {_hedged(document, now)}", now)), names),
        _table(document, "crises-table", "Other named crises. Returns in percent", (("", others),), names),
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


def _hedged(document: Json, crises: list[Json]) -> str:
    """In how many of the crises bonds rose: two windows of one crisis, which begin in one year, count as one."""
    years: dict[str, list[bool]] = {}
    for crisis in crises:
        if crisis["covered"]:
            years.setdefault(crisis["start"][:4], []).append((crisis["bonds"] or 0.0) > 0)
    told = f"{lens(document).bonds} rose in {sum(all(rose) for rose in years.values())} of {len(years)} crises"
    parts = [
        f"in {year} in {sum(rose)} of its {len(rose)} windows"
        for year, rose in years.items()
        if 0 < sum(rose) < len(rose)
    ]
    return ", ".join([told, *parts])


def _table(
    document: Json, name: str, caption: str, groups: tuple[tuple[str, list[Json]], ...], names: tuple[Named, ...]
) -> Table:
    crises = [crisis for _, group in groups for crisis in group]
    assets = asset_roles(crises)
    seen = lens(document)
    bars = leg_bars([[(key, crisis[leg] or 0.0) for leg, _, key in seen.legs] for crisis in crises])
    drawn = dict(zip((crisis["name"] for crisis in crises), bars, strict=True))
    heads, rows = return_heads(document, assets, names), []
    for title, group in groups:
        if title and group:
            rows.append(Row(Head(title), kind="group"))
        rows += [_row(crisis, assets, names, drawn[crisis["name"]], heads) for crisis in group]
    reasons = sorted({crisis["reason"] for crisis in crises if crisis["covered"] and crisis.get("reason")})
    return Table(
        name=name,
        caption=caption,
        corner="Crisis",
        heads=(Head(f"{seen.labels['stocks']} and {seen.bonds}", values=()), *heads),
        rows=tuple(rows),
        note=f"Strategies are n/a where {'; '.join(reasons)}." if reasons else "",
        index=("crisis", "start", "end"),
    )


def _row(crisis: Json, assets: tuple[str, ...], names: tuple[Named, ...], bars: Bars, heads: tuple[Head, ...]) -> Row:
    values = (crisis["name"], crisis["start"], crisis["end"])
    head = Head(crisis.get("headline") or crisis["name"], period(crisis["start"], crisis["end"]), values=values)
    if not crisis["covered"]:
        blank = tuple(Cell("", "none", values=(None,)) for _ in heads)
        reason = crisis.get("reason", "the histories do not reach this window")
        return Row(head, (Cell("not covered", "words none", reason, values=()), *blank))
    return Row(head, (Cell("", bars=bars, values=()), *returns(crisis, assets, names)))


def _state(crisis: Json) -> str:
    if not crisis["covered"]:
        return "Not covered by the histories."
    return f"Measured in the history {crisis['history']}."
