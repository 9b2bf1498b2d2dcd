"""The tables that `backtester run` prints: what each strategy did, and what it did when both legs fell together."""

import textwrap
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from backtester.cli.actions.screen import hundredth, number, table

Json = dict[str, Any]
WIDTH = 80  # of the tables, and so of what is said below them
YEARS = ("2008", "2022")


def summary(document: Json) -> RenderableType:
    """The window, two tables with a line a strategy each, and what their columns mean. Figures are in percent."""
    window, history = document["window"], document["history"]
    count, lost = len(document["joint_sell_offs"]), _headlines(document)
    whole = ["CAGR", "Vol.", "Sharpe", "Deepest\nfall", *lost]
    fallen = [
        "Lost\nless",
        "Beat\ntwin",
        "Protection\nbeyond ref.",
        "Protection\nbeyond twin",
        "Cost a\nyear",
        "in the\nrest",
    ]
    strategies = document["strategies"]
    parts: list[RenderableType] = [
        Text(f"{history['title']}: {window['start']} to {window['end']}, {window['sessions']:,} sessions\n"),
        table(_columns(whole), [[_label(one, document), *_whole(one, lost)] for one in strategies], title="In percent"),
    ]
    if strategies[1:]:
        rows = [[_label(one, document), *_fallen(one["scorecard"])] for one in strategies[1:]]
        title = f"\nIn {count} joint sell-offs of stocks and bonds, and what that cost"
        parts += [table(_columns(fallen), rows, title=title), _notes(document)]
    audits = [one["audit"]["max_abs_nav_difference"] for one in strategies if "audit" in one]
    if audits:
        parts.append(
            Text(f"\nAudit: vectorbt keeps the same {len(audits)} accounts to {max(audits):.0e} of their value.")
        )
    return Group(*parts)


def _columns(headings: list[str]) -> dict[str, str]:
    return {"Strategy": "left"} | dict.fromkeys(headings, "right")


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


def _whole(strategy: Json, headlines: dict[str, Json | None]) -> list[str]:
    own = strategy["measures"]
    cells = [
        hundredth(own["cagr"]),
        hundredth(own["volatility"]),
        number(own["sharpe"]),
        hundredth(own["max_drawdown"]),
    ]
    for heading, crisis in headlines.items():
        if crisis is None:
            cells.append(hundredth(strategy["calendar_years"].get(heading)))
        else:
            cells.append(hundredth((crisis["strategies"] or {}).get(strategy["name"])))
    return cells


def _fallen(card: Json) -> list[str]:
    twin, cost, acted = card["beyond_twin"], card["cost_annual"], card["better"] + card["worse"]
    return [
        f"{card['better']} of {acted}",
        f"{twin['better']} of {acted}",
        hundredth(card["protection"]),
        hundredth(twin["protection"]),
        hundredth(cost["total"]),
        hundredth(cost["rest"]),
    ]


def _notes(document: Json) -> Text:
    crises = [f"{one['headline']}: {one['start']} to {one['end']}" for one in document["crises"] if one["headline"]]
    told = (
        f"{'; '.join(['2008 and 2022: calendar years', *crises])}.",
        "Protection: the share of the benchmark's loss in joint sell-offs that was avoided. Twin: as much of the "
        "reference as the strategy moved with, and bills for the rest; only what beats the twin is a hedge. "
        "Counted are the sell-offs in which the strategy did not do just as the reference did. Cost: growth given up, "
        "below zero gained; in the rest: outside sell-offs of stocks.",
    )
    return Text("\n" + "\n".join(textwrap.fill(part, WIDTH) for part in told), style="dim")
