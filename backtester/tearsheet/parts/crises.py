"""The tables of named crises, before 2020 and since; and strips and tables of falls of stocks, by whether bonds fell.

Stocks and bonds are the legs of the run's pair; an era is a stretch of years. The document is the results as JSON.
"""

from dataclasses import dataclass

from backtester.analysis.levels_kernel import AT_PEAK
from backtester.analysis.pair import DEFAULT_PAIR_SETTINGS
from backtester.pages.format import date, listed_words, percent, period
from backtester.pages.names import Named
from backtester.pages.strip import Strip
from backtester.pages.table import Cell, Head, Table, TableRow, group_row, leg_bars, points_cell
from backtester.runs.sentences import falls_counted
from backtester.runs.values import Json
from backtester.tearsheet.names import pair_words
from backtester.tearsheet.parts.windows import asset_roles, return_cells, return_heads

FIRST_YEAR_OF_NOW = "2020"  # since then both legs fell together in crises: docs/design.md


def crises_in_order(document: Json) -> list[Json]:
    """The crises in order of time."""
    return sorted(document["crises"], key=lambda crisis: (crisis["start"], crisis["name"]))


def crisis_tables(document: Json, names: tuple[Named, ...]) -> tuple[Table, ...]:
    """The table of well-known crises before 2020 and since, and that of the other crises; without those that are
    empty."""
    both, crises = pair_words(document).both, crises_in_order(document)
    famous = [crisis for crisis in crises if crisis["then_and_now"]]
    before = [crisis for crisis in famous if crisis["start"] < FIRST_YEAR_OF_NOW]
    since = [crisis for crisis in famous if crisis not in before]
    others = {"": [crisis for crisis in crises if not crisis["then_and_now"]]}
    hedged = {f"Then: {_rose_in_words(document, before)}": before, f"Now: {_rose_in_words(document, since)}": since}
    caption = f"Then and now: what {both} did in each crisis. Returns in percent"
    tables = (
        _crisis_table(document, ("then-table", caption), hedged, names),
        _crisis_table(document, ("crises-table", "Other named crises. Returns in percent"), others, names),
    )
    return tuple(table for table in tables if table.rows)


def cushion_parts(document: Json) -> tuple[tuple[Strip, Table], ...]:
    """For each history with falls of stocks, a strip of the falls and a table of in how many bonds fell too, by era.

    In the run's own history the run's legs and thresholds define a fall, in another the defaults do.
    """
    with_default_pair = document | {"settings": document["settings"] | DEFAULT_PAIR_SETTINGS.model_dump()}
    histories = [history for history in document["stock_sell_offs"] if history["falls"]]
    return tuple(
        _cushion_part(
            document if history["history"] == document["history"]["name"] else with_default_pair, history, index
        )
        for index, history in enumerate(histories)
    )


@dataclass(frozen=True)
class ThenAndNow:
    """In how many falls of the first leg the second fell too, by era.

    `lead` begins the sentence that `counts`, such as ("9 of 16", "since 2020"), end. `strip` shows all falls; `eras`
    are a strip for each era, for narrow screens.
    """

    lead: str
    counts: tuple[tuple[str, str], ...]
    strip: Strip
    eras: tuple[Strip, ...]


def then_and_now(document: Json) -> ThenAndNow | None:
    """In how many falls of stocks bonds fell too, in the last history that has falls; None if none has.

    The last is the longest embedded one, or the run's own where that was not looked at.
    """
    positions = [index for index, history in enumerate(document["stock_sell_offs"]) if history["falls"]]
    if not positions:
        return None
    history = document["stock_sell_offs"][positions[-1]]
    first, second, size = falls_counted(document, positions[-1])
    lead = f"In falls of {first} of {size} or more, {second} fell too in"
    counts = tuple((f"{era['both_fell']} of {era['stock_sell_offs']}", era["name"]) for era in history["periods"])
    description = f"{lead} {listed_words([' '.join(count) for count in counts])}."
    dots = tuple((fall["start"], fall["bonds"] < -AT_PEAK) for fall in history["falls"])
    edges = tuple((f"{era['first_year']}-01-01", f"{era['last_year']}-12-31") for era in history["periods"])
    begin, end = history["first"], history["last"]
    strip = Strip(
        caption="",
        words=description,
        first=begin,
        last=end,
        events=dots,
        periods=tuple((*edge, "") for edge in edges),
        sides=("fell too", "did not"),
        radius=2.6,
    )
    eras = tuple(
        Strip(
            caption=" ".join(count),
            words=f"{second} fell too in {' '.join(count)}",
            first=max(low, begin),
            last=min(high, end),
            events=era_dots,
            radius=2.0,
        )
        for (low, high), count in zip(edges, counts, strict=True)
        if (era_dots := tuple(dot for dot in dots if low <= dot[0] <= high))
    )
    return ThenAndNow(lead, counts, strip, eras)


def _rose_in_words(document: Json, crises: list[Json]) -> str:
    """In how many crises bonds rose, in words; crises that begin in the same year are stretches of one crisis."""
    years: dict[str, list[bool]] = {}
    for crisis in crises:
        if crisis["covered"]:
            years.setdefault(crisis["start"][:4], []).append((crisis["bonds"] or 0.0) > AT_PEAK)
    noun = "crisis" if len(years) == 1 else "crises"
    sentence_parts = [f"{pair_words(document).bonds} rose in {sum(map(all, years.values()))} of {len(years)} {noun}"]
    for year, rose in years.items():
        if any(rose) and not all(rose):
            sentence_parts.append(f"in {year} in {sum(rose)} of its {len(rose)} stretches")
    return ", ".join(sentence_parts)


def _crisis_table(
    document: Json, name_and_caption: tuple[str, str], groups: dict[str, list[Json]], names: tuple[Named, ...]
) -> Table:
    """The crises under the headings of their groups; `name_and_caption` are the table's name and caption."""
    crises = [crisis for group in groups.values() for crisis in group]
    assets, pair = asset_roles(document, crises), pair_words(document)
    heads, bars_of_crises = return_heads(document, assets, names), iter(leg_bars(crises, pair.legs))
    blank = (Cell("", "none", values=(None,)),) * len(heads)
    rows = []
    for title, group in groups.items():
        rows += [group_row(title)] if title and group else []
        for crisis in group:
            bars, values = next(bars_of_crises), (crisis["name"], crisis["start"], crisis["end"])
            head = Head(crisis["headline"] or crisis["name"], period(*values[1:]), values=values)
            if crisis["covered"]:
                cells = (Cell("", bars=bars, values=()), *return_cells(crisis, assets, names))
            else:
                reason = crisis.get("reason", "the histories do not reach this time")
                cells = (Cell("not covered", "words none", reason, values=()), *blank)
            rows.append(TableRow(head, cells))
    reasons = sorted({crisis["reason"] for crisis in crises if crisis["covered"] and "reason" in crisis})
    return Table(
        name=name_and_caption[0],
        caption=name_and_caption[1],
        corner="Crisis",
        heads=(Head(f"{pair.labels['stocks']} and {pair.bonds}", values=()), *heads),
        rows=tuple(rows),
        note=f"Strategies are n/a where {'; '.join(reasons)}." if reasons else "",
        index=("crisis", "start", "end"),
    )


def _cushion_part(document: Json, history: Json, index: int) -> tuple[Strip, Table]:
    """The strip and the table of one history; `index` is its number among the histories with falls."""
    pair, falls, size = pair_words(document), history["falls"], percent(-document["settings"]["stocks_fall"], 0)
    eras = [(era, f"{era['both_fell']} of {era['stock_sell_offs']}") for era in history["periods"]]
    description = "; ".join(f"{era['name']}, {pair.bonds} fell too in {count}" for era, count in eras)
    strip = Strip(
        caption=f"{history['history']}, {date(history['first'])} to {date(history['last'])}: a dot for each of "
        f"{len(falls)} falls of {pair.stocks} of {size} or more. Filled, above the line: {pair.bonds} fell too. Open, "
        f"below it: {pair.bonds} held or rose.",
        words=f"{description}. The table below has the counts.",
        first=history["first"],
        last=history["last"],
        events=tuple((fall["start"], fall["bonds"] < -AT_PEAK) for fall in falls),
        periods=tuple((f"{era['first_year']}-01-01", f"{era['last_year']}-12-31", count) for era, count in eras),
    )
    rows = [
        TableRow(
            Head(era["name"]),
            (
                Cell(count, values=(era["both_fell"], era["stock_sell_offs"])),
                points_cell(era["both_fell"] / era["stock_sell_offs"], 0),
                points_cell(era["base_rate"], 0),
            ),
        )
        for era, count in eras
    ]
    return strip, Table(
        name=f"cushion-{index}-table",
        caption=f"In how many falls of {pair.stocks} {pair.bonds} fell too: {history['history']}",
        corner="Period",
        heads=(
            Head(f"{pair.labels['bonds']} fell too", values=("both fell", "stock sell-offs")),
            Head("Share", "%"),
            Head("At any time", "% of windows as long", values=("base rate",)),
        ),
        rows=tuple(rows),
    )
