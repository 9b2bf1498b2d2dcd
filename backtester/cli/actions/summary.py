"""The table that `backtester run` prints: one line a strategy."""

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from backtester.cli.actions.screen import number, percent, table

Json = dict[str, Any]
YEARS = ("2008", "2022")


def summary(document: Json) -> RenderableType:
    """The window, a line a strategy, and what the last columns mean."""
    window, history = document["window"], document["history"]
    headlines = _headlines(document)
    columns = {"Strategy": "left"} | dict.fromkeys(
        [
            "CAGR",
            "Vol.",
            "Sharpe",
            "Deepest\nfall",
            *headlines,
            "Protection\nbeyond ref.",
            "beyond\ntwin",
            "Cost a year\nthe rest",
        ],
        "right",
    )
    head = Text(
        f"{history['title']}: {window['start']} to {window['end']}, {window['sessions']:,} sessions, "
        f"{len(document['joint_sell_offs'])} joint sell-offs\n"
    )
    return Group(
        head,
        table(columns, [_row(strategy, document, headlines) for strategy in document["strategies"]]),
        _notes(document),
    )


def _headlines(document: Json) -> dict[str, Json | None]:
    """Columns in order of time: the calendar years, and the crises that the file of crises gives a headline."""
    crises = [(crisis["start"], crisis["headline"], crisis) for crisis in document["crises"] if crisis["headline"]]
    columns = sorted([*((f"{year}-01-01", year, None) for year in YEARS), *crises], key=lambda column: str(column[0]))
    return {heading.replace(" ", "\n"): crisis for _, heading, crisis in columns}


def _row(strategy: Json, document: Json, headlines: dict[str, Json | None]) -> list[str]:
    own, card = strategy["measures"], strategy["scorecard"]
    reference = document["settings"]["reference"]
    name = (
        strategy["name"].removeprefix(reference + " ") if strategy["name"] != reference else f"{reference} (reference)"
    )
    cells = [name + ("" if strategy["causal"] else " LOOKS AHEAD"), percent(own["cagr"]), percent(own["volatility"])]
    cells += [number(own["sharpe"]), percent(own["max_drawdown"])]
    for heading, crisis in headlines.items():
        told = (
            strategy["calendar_years"].get(heading)
            if crisis is None
            else (crisis["strategies"] or {}).get(strategy["name"])
        )
        cells.append(percent(told))
    if card is None:
        return [*cells, "", "", ""]
    return [
        *cells,
        percent(card["protection"]),
        percent(card["beyond_twin"]["protection"]),
        percent(card["cost_annual"]["rest"]),
    ]


def _notes(document: Json) -> Text:
    crises = [
        f"{crisis['headline']}: {crisis['start']} to {crisis['end']}"
        for crisis in document["crises"]
        if crisis["headline"]
    ]
    told = "; ".join(["2008 and 2022: calendar years", *crises])
    return Text(
        f"\n{told}.\n"
        "Protection: the share of the loss in joint sell-offs that was avoided, against the reference and against the\n"
        "strategy's twin: as much of the reference as the strategy moved with, and bills for the rest. Only\n"
        "what beats the twin is a hedge. Cost: growth given up a year outside sell-offs; below zero it earned more.",
        style="dim",
    )
