"""The tables on stress scenarios: a heat map, the assets' returns, all outcomes; and sentences that describe them.

`stress` is that part of the document, the results as JSON. A payoff is a strategy's return on a path less that of its
mix: the stocks, bonds and bills, in fixed shares, that moved as it did before. An asset is named by its role, such as
`gold`.
"""

from backtester.pages.format import MISSING, date, numbered, percent, points
from backtester.pages.names import Named, role_label
from backtester.pages.table import Cell, Head, Table, TableRow, group_row, points_cell, strategy_heads, tone
from backtester.runs.values import Json

SHADE_RETURNS = (0.001, 0.01, 0.03)  # sizes of a payoff from which a cell has the next darker shade
SHOWN_ASSETS = ("stocks", "bonds", "gold", "dollar")


def heat_table(stress: Json, names: tuple[Named, ...]) -> Table:
    """A heat map, a row for each scenario, a column for each strategy: its return, coloured by its payoff."""
    rows = []
    for number, scenario in enumerate(stress["scenarios"]):
        outcomes = [scenario["strategies"][named.name] for named in names]
        cells = [
            Cell(
                points(outcome["return"]),
                tone(outcome["payoff"], SHADE_RETURNS) if index else "",  # the first is the reference
                small=points(outcome["payoff"], signed=True) if index else "",
                values=(outcome["return"], outcome["payoff"]),
            )
            for index, outcome in enumerate(outcomes)
        ]
        rows.append(TableRow(_scenario_head(scenario, number), tuple(cells)))
    return Table(
        name="stress-table",
        caption="What each strategy returned on each path, in percent, and in small type what it was paid over its mix",
        corner="Scenario",
        heads=strategy_heads(names, columns=("payoff",)),
        rows=tuple(rows),
        note="Blue: more than the mix of stocks, bonds and bills that moves as the strategy did up to the day on which "
        "the scenario begins. Orange: less.",
    )


def _scenario_head(scenario: Json, number: int) -> Head:
    """The head of a scenario's row, which links to the scenario's description by its number."""
    return Head(
        scenario["title"],
        numbered(scenario["sessions"], "session"),
        scenario["calibrated_on"],
        values=(scenario["name"],),
        link=f"scenario-{number}",
    )


def assets_table(stress: Json) -> Table:
    """The returns of stocks, bonds, gold and the dollar on each path."""
    roles = [role for role in SHOWN_ASSETS if any(role in scenario["assets"] for scenario in stress["scenarios"])]
    rows = [
        TableRow(
            _scenario_head(scenario, number),
            tuple(points_cell(scenario["assets"].get(role), signed=True) for role in roles),
        )
        for number, scenario in enumerate(stress["scenarios"])
    ]
    return Table(
        name="stress-assets-table",
        caption="What assets returned on each path, in percent",
        corner="Scenario",
        heads=tuple(Head(role_label(role), values=(role,)) for role in roles),
        rows=tuple(rows),
    )


def outcomes_table(stress: Json, names: tuple[Named, ...]) -> Table:
    """Every figure of every strategy in every scenario."""
    rows: list[TableRow] = []
    for number, scenario in enumerate(stress["scenarios"]):
        rows.append(group_row(scenario["title"], f"scenario-{number}"))
        for named in names:
            outcome = scenario["strategies"][named.name]
            days = outcome["days_to_recover"]
            rows.append(
                TableRow(
                    Head(named.label, key=named.key, dash=named.dash, values=(named.name,)),
                    (
                        points_cell(outcome["return"]),
                        points_cell(outcome["payoff"], signed=True),
                        points_cell(outcome["deepest_fall"]),
                        points_cell(outcome["worst_session"]),
                        Cell("not on the path" if days is None else f"{days:.0f}", values=(days,)),
                        Cell(held_text(outcome["held"]), "words", values=(held_text(outcome["held"]),)),
                    ),
                )
            )
    heads = ("Return", "Payoff", "Deepest fall", "Worst session")
    return Table(
        name="stress-outcomes-table",
        caption="Every strategy on every path, in percent",
        corner="Strategy",
        heads=(
            *(Head(text) for text in heads),
            Head("Days to recover", "from the peak", values=("days to recover",)),
            Head("Held on the way", "mean weights", tone="words", values=("held",)),
        ),
        rows=tuple(rows),
        index=("strategy",),
    )


def held_text(held: dict[str, float]) -> str:
    """Mean weights in words, largest first: `58% stocks, 41% bonds`; cash below zero is borrowed."""
    shown = {role: weight for role, weight in held.items() if abs(weight or 0.0) >= 0.005}
    ordered = sorted(shown, key=lambda role: -abs(shown[role]))
    return ", ".join(f"{percent(shown[role], 0)} {role_label(role).lower()}" for role in ordered) or MISSING


def scenario_stories(stress: Json) -> list[Json]:
    """Each scenario of the document with its `dates`, the rules `stated` for assets that it does not name, and the
    assets that are `missing` from the history, as text."""
    return [
        scenario
        | {
            "dates": f"{date(scenario['start'])} to {date(scenario['end'])}",
            "stated": "; ".join(f"{role_label(role)} {rule}" for role, rule in scenario["rules"].items()),
            "missing": ", ".join(role_label(role) for role in scenario["lacking"]),
        }
        for scenario in stress["scenarios"]
    ]


def conditions_line(stress: Json) -> str:
    """A sentence on the conditions of all scenarios: first session, scale, speed, and the Fed's purchases."""
    phrases = [f"Each scenario follows the close of {date(stress['at'])}"]
    if stress["scale"] != 1:
        phrases.append(f"at {stress['scale']:g} times its size")
    if stress["slow"] != 1:
        phrases.append(f"with {stress['slow']} sessions for each of its own")
    if stress["fed"] is not None:
        hedged = "with hedged purchases of the Fed"
        fed = {True: "with the Fed's purchases", False: "without the Fed's purchases", "hedged": hedged}
        phrases.append(fed[stress["fed"]])
    return ", ".join(phrases) + ". Strategies trade through it as they do through history."
