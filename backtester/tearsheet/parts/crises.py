"""The tables of named crises, before 2020 and since, and of falls of stocks in which bonds fell or not."""

from dataclasses import dataclass

from backtester.analysis.levels_kernel import AT_PEAK
from backtester.analysis.pair import USUAL
from backtester.pages.format import date, listed_words, percent, period
from backtester.pages.names import Named
from backtester.pages.strip import Strip
from backtester.pages.table import Cell, Head, Table, TableRow, group_row, leg_bars, points_cell
from backtester.runs.sentences import falls_counted
from backtester.runs.values import Json
from backtester.tearsheet.names import lens
from backtester.tearsheet.parts.windows import asset_roles, return_heads, returns

NOW = "2020"  # the first year of the double whammy: docs/design.md


def crises_in_order(document: Json) -> list[Json]:
    """The crises in order of time."""
    return sorted(document["crises"], key=lambda crisis: (crisis["start"], crisis["name"]))


def crisis_tables(document: Json, names: tuple[Named, ...]) -> tuple[Table, ...]:
    """The tables of crises then and now, and of the others; a table without rows is left out."""
    both, crises = lens(document).both, crises_in_order(document)
    famous = [crisis for crisis in crises if crisis["then_and_now"]]
    then = [crisis for crisis in famous if crisis["start"] < NOW]
    now = [crisis for crisis in famous if crisis not in then]
    others = {"": [crisis for crisis in crises if not crisis["then_and_now"]]}
    hedged = {f"Then: {_hedged(document, then)}": then, f"Now: {_hedged(document, now)}": now}
    caption = f"Then and now: what {both} did in each crisis. Returns in percent"
    tables = (
        _table(document, ("then-table", caption), hedged, names),
        _table(document, ("crises-table", "Other named crises. Returns in percent"), others, names),
    )
    return tuple(table for table in tables if table.rows)


def cushions(document: Json) -> tuple[tuple[Strip, Table], ...]:
    """For each history with falls of stocks, a strip of them and a table of how many bonds shared, by period.

    The run's own history is counted by the run's legs and falls, another by the usual ones.
    """
    usual = document | {"settings": document["settings"] | USUAL.model_dump()}
    found = [one for one in document["stock_sell_offs"] if one["falls"]]
    return tuple(
        _cushion(document if one["history"] == document["history"]["name"] else usual, one, place)
        for place, one in enumerate(found)
    )


@dataclass(frozen=True)
class ThenAndNow:
    """How many falls of the first leg the second shared, by era: the beginning of a sentence, counts with their eras,
    one strip of all, and for phones a strip for each era."""

    lead: str
    counts: tuple[tuple[str, str], ...]
    strip: Strip
    eras: tuple[Strip, ...]


def then_and_now(document: Json) -> ThenAndNow | None:
    """The falls of the last history that has any; None if none has."""
    places = [place for place, one in enumerate(document["stock_sell_offs"]) if one["falls"]]
    if not places:
        return None
    found = document["stock_sell_offs"][places[-1]]
    first, second, least = falls_counted(document, places[-1])
    lead = f"In falls of {first} of {least} or more, {second} fell too in"
    counts = tuple((f"{one['both_fell']} of {one['stock_sell_offs']}", one["name"]) for one in found["periods"])
    words = f"{lead} {listed_words([' '.join(one) for one in counts])}."
    dots = tuple((fall["start"], fall["bonds"] < -AT_PEAK) for fall in found["falls"])
    edges = tuple((f"{one['first_year']}-01-01", f"{one['last_year']}-12-31") for one in found["periods"])
    begin, end = found["first"], found["last"]
    strip = Strip("", words, begin, end, dots, tuple((*edge, "") for edge in edges), ("fell too", "did not"), 2.6)
    eras = tuple(
        Strip(
            " ".join(count), f"{second} fell too in {' '.join(count)}", max(low, begin), min(high, end), own, radius=2.0
        )
        for (low, high), count in zip(edges, counts, strict=True)
        if (own := tuple(dot for dot in dots if low <= dot[0] <= high))
    )
    return ThenAndNow(lead, counts, strip, eras)


def _hedged(document: Json, crises: list[Json]) -> str:
    """The number of crises in which bonds rose, in words; stretches that begin in the same year count as one crisis."""
    years: dict[str, list[bool]] = {}
    for crisis in crises:
        if crisis["covered"]:
            years.setdefault(crisis["start"][:4], []).append((crisis["bonds"] or 0.0) > AT_PEAK)
    one_or_more = "crisis" if len(years) == 1 else "crises"
    found = [f"{lens(document).bonds} rose in {sum(map(all, years.values()))} of {len(years)} {one_or_more}"]
    for year, rose in years.items():
        if any(rose) and not all(rose):
            found.append(f"in {year} in {sum(rose)} of its {len(rose)} stretches")
    return ", ".join(found)


def _table(document: Json, words: tuple[str, str], groups: dict[str, list[Json]], names: tuple[Named, ...]) -> Table:
    """The crises under the headings of their groups; `words` are the table's name and caption."""
    crises = [crisis for group in groups.values() for crisis in group]
    assets, seen = asset_roles(document, crises), lens(document)
    heads, drawn = return_heads(document, assets, names), iter(leg_bars(crises, seen.legs))
    blank = (Cell("", "none", values=(None,)),) * len(heads)
    rows = []
    for title, group in groups.items():
        rows += [group_row(title)] if title and group else []
        for crisis in group:
            bars, values = next(drawn), (crisis["name"], crisis["start"], crisis["end"])
            head = Head(crisis["headline"] or crisis["name"], period(*values[1:]), values=values)
            if crisis["covered"]:
                cells = (Cell("", bars=bars, values=()), *returns(crisis, assets, names))
            else:
                reason = crisis.get("reason", "the histories do not reach this time")
                cells = (Cell("not covered", "words none", reason, values=()), *blank)
            rows.append(TableRow(head, cells))
    reasons = sorted({crisis["reason"] for crisis in crises if crisis["covered"] and "reason" in crisis})
    return Table(
        name=words[0],
        caption=words[1],
        corner="Crisis",
        heads=(Head(f"{seen.labels['stocks']} and {seen.bonds}", values=()), *heads),
        rows=tuple(rows),
        note=f"Strategies are n/a where {'; '.join(reasons)}." if reasons else "",
        index=("crisis", "start", "end"),
    )


def _cushion(document: Json, counted: Json, place: int) -> tuple[Strip, Table]:
    seen, falls, least = lens(document), counted["falls"], percent(-document["settings"]["stocks_fall"], 0)
    periods = [(one, f"{one['both_fell']} of {one['stock_sell_offs']}") for one in counted["periods"]]
    words = "; ".join(f"{one['name']}, {seen.bonds} fell too in {text}" for one, text in periods)
    strip = Strip(
        f"{counted['history']}, {date(counted['first'])} to {date(counted['last'])}: a dot for each of {len(falls)} "
        f"falls of {seen.stocks} of {least} or more. Filled, above the line: {seen.bonds} fell too. Open, below it: "
        f"{seen.bonds} held or rose.",
        f"{words}. The table below has the counts.",
        counted["first"],
        counted["last"],
        tuple((fall["start"], fall["bonds"] < -AT_PEAK) for fall in falls),
        tuple((f"{one['first_year']}-01-01", f"{one['last_year']}-12-31", text) for one, text in periods),
    )
    rows = [
        TableRow(
            Head(one["name"]),
            (
                Cell(text, values=(one["both_fell"], one["stock_sell_offs"])),
                points_cell(one["both_fell"] / one["stock_sell_offs"], 0),
                points_cell(one["base_rate"], 0),
            ),
        )
        for one, text in periods
    ]
    return strip, Table(
        name=f"cushion-{place}-table",
        caption=f"In how many falls of {seen.stocks} {seen.bonds} fell too: {counted['history']}",
        corner="Period",
        heads=(
            Head(f"{seen.labels['bonds']} fell too", values=("both fell", "stock sell-offs")),
            Head("Share", "%"),
            Head("At any time", "% of windows as long", values=("base rate",)),
        ),
        rows=tuple(rows),
    )
