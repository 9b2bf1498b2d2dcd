"""What a run came to, short: two tables with a line a strategy, and what their columns mean. Figures are in percent.

The command line prints it and a notebook shows it.
"""

from dataclasses import dataclass
from typing import Any

from backtester.pages.format import MISSING, number, points

Json = dict[str, Any]
YEARS = ("2008", "2022")
FALLEN = (
    "Lost\nless",
    "Beat\ntwin",
    "Payoff\nover twin",
    "90%\ninterval",
    "Cost a\nyear",
    "in the\nrest",
)


@dataclass(frozen=True)
class Grid:
    """A table of text: its title, the headings of its columns but the first (of one or two lines), and its rows."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Summary:
    """History and window in a line, the tables, and notes on them."""

    heading: str
    grids: tuple[Grid, ...]
    notes: tuple[str, ...]


def summary(document: Json) -> Summary:
    """The summary of a run's document."""
    window, history = document["window"], document["history"]
    lost, strategies = _headlines(document), document["strategies"]
    whole = ("CAGR", "Vol.", "Sharpe", "Deepest\nfall", *lost)
    rows = tuple((_label(one, document), *_whole(one, lost)) for one in strategies)
    grids = [Grid("In percent", whole, rows)]
    notes = _notes(document) if strategies[1:] else ()
    if strategies[1:]:
        title = (
            f"In {len(document['joint_sell_offs'])} joint sell-offs of stocks and bonds, and what that cost, in percent"
        )
        rows = tuple((_label(one, document), *_fallen(one["scorecard"])) for one in strategies[1:])
        grids.append(Grid(title, FALLEN, rows))
    return Summary(
        f"{history['title']}: {window['start']} to {window['end']}, {window['sessions']:,} sessions",
        tuple(grids),
        (*notes, *_audit(strategies)),
    )


def _headlines(document: Json) -> dict[str, Json | None]:
    """Columns in order of time: the calendar years, and the crises that the file of crises gives a headline."""
    crises = [(crisis["start"], crisis["headline"], crisis) for crisis in document["crises"] if crisis["headline"]]
    columns = sorted([*((f"{year}-01-01", year, None) for year in YEARS), *crises], key=lambda column: str(column[0]))
    return {heading.replace(" ", "\n"): crisis for _, heading, crisis in columns}


def _label(strategy: Json, document: Json) -> str:
    """The recipe without the reference that it begins with, and what must not be overlooked."""
    reference = document["settings"]["reference"]
    name = strategy["name"]
    label = f"{name} (reference)" if name == reference else name.removeprefix(reference + " ")
    flags = [] if strategy["causal"] else ["LOOKS AHEAD"]
    return " ".join([label, *flags, *(["RUINED"] if strategy["ruin_date"] else [])])


def _whole(strategy: Json, headlines: dict[str, Json | None]) -> tuple[str, ...]:
    own = strategy["measures"]
    cells = [
        points(own["cagr"]),
        points(own["volatility"]),
        number(own["sharpe"]),
        points(own["max_drawdown"]),
    ]
    for heading, crisis in headlines.items():
        if crisis is None:
            cells.append(points(strategy["calendar_years"].get(heading)))
        else:
            cells.append(points((crisis["strategies"] or {}).get(strategy["name"])))
    return tuple(cells)


def _fallen(card: Json) -> tuple[str, ...]:
    twin, cost, acted = card["beyond_twin"], card["cost_annual"], card["better"] + card["worse"]
    return (
        f"{card['better']} of {acted}",
        f"{twin['better']} of {acted}",
        points(twin["payoff_mean"], 2),
        _interval(card["intervals"].get("resampled")),
        points(cost["total"]),
        points(cost["rest"]),
    )


def _interval(resampled: Json | None) -> str:
    """The resampled interval of the mean payoff beyond the twin."""
    ends = resampled["beyond_twin"]["payoff_mean"] if resampled else None
    return " to ".join(points(end, 2) for end in ends) if ends else MISSING


def _notes(document: Json) -> tuple[str, ...]:
    crises = [f"{one['headline']}: {one['start']} to {one['end']}" for one in document["crises"] if one["headline"]]
    return (
        f"{'; '.join(['2008 and 2022: calendar years', *crises])}.",
        "Twin: as much of the reference as the strategy moved with, and bills for the rest; only what beats the twin "
        "is a hedge. Payoff: the mean of all sell-offs; an interval that spans zero is no clear sign. Counted are the "
        "sell-offs in which the strategy did not do just as the reference did. Cost: growth given up, below zero "
        "gained; in the rest: outside sell-offs of stocks.",
    )


def _audit(strategies: list[Json]) -> tuple[str, ...]:
    audits = [one["audit"]["max_abs_nav_difference"] for one in strategies if "audit" in one]
    if not audits:
        return ()
    return (f"Audit: vectorbt keeps the same {len(audits)} accounts to {max(audits):.0e} of their value.",)
