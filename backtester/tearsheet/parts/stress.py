"""The tables on scenarios: a heat map, the assets' returns, all outcomes, and what the scenarios are."""

from backtester.pages.format import MISSING, date, numbered, percent, points
from backtester.pages.names import Named, role_label
from backtester.pages.table import Cell, Head, Table, TableRow, group_row, points_cell, strategy_heads, tone
from backtester.runs.values import Json

SHADE_RETURNS = (0.001, 0.01, 0.03)
SHOWN_ASSETS = ("stocks", "bonds", "gold", "dollar")


def heat_table(stress: Json, names: tuple[Named, ...]) -> Table:
    """A heat map, a row a scenario, a column a strategy: its return and its payoff, coloured by the payoff."""
    rows = []
    for row, one in enumerate(stress["scenarios"]):
        found = [one["strategies"][named.name] for named in names]
        cells = [
            Cell(
                points(each["return"]),
                tone(each["payoff"], SHADE_RETURNS) if place else "",
                small=points(each["payoff"], signed=True) if place else "",
                values=(each["return"], each["payoff"]),
            )
            for place, each in enumerate(found)
        ]
        rows.append(TableRow(_head(one, row), tuple(cells)))
    return Table(
        name="stress-table",
        caption="What each strategy returned on each path, in percent, and in small type what it was paid over its mix",
        corner="Scenario",
        heads=strategy_heads(names, columns=("payoff",)),
        rows=tuple(rows),
        note="Blue: more than the mix of stocks, bonds and bills that moves as the strategy did up to the day on which "
        "the scenario begins. Orange: less.",
    )


def _head(one: Json, row: int) -> Head:
    return Head(
        one["title"],
        numbered(one["sessions"], "session"),
        one["calibrated_on"],
        values=(one["name"],),
        link=f"scenario-{row}",
    )


def assets_table(stress: Json) -> Table:
    """The returns of stocks, bonds, gold and the dollar on each path."""
    roles = [role for role in SHOWN_ASSETS if any(role in one["assets"] for one in stress["scenarios"])]
    rows = [
        TableRow(_head(one, row), tuple(points_cell(one["assets"].get(role), signed=True) for role in roles))
        for row, one in enumerate(stress["scenarios"])
    ]
    return Table(
        name="stress-assets-table",
        caption="What assets returned on each path, in percent",
        corner="Scenario",
        heads=tuple(Head(role_label(role), values=(role,)) for role in roles),
        rows=tuple(rows),
    )


def outcomes_table(stress: Json, names: tuple[Named, ...]) -> Table:
    """Every figure of every strategy, scenario by scenario."""
    rows: list[TableRow] = []
    for place, one in enumerate(stress["scenarios"]):
        rows.append(group_row(one["title"], f"scenario-{place}"))
        for named in names:
            each = one["strategies"][named.name]
            days = each["days_to_recover"]
            rows.append(
                TableRow(
                    Head(named.label, key=named.key, dash=named.dash, values=(named.name,)),
                    (
                        points_cell(each["return"]),
                        points_cell(each["payoff"], signed=True),
                        points_cell(each["deepest_fall"]),
                        points_cell(each["worst_session"]),
                        Cell("not on the path" if days is None else f"{days:.0f}", values=(days,)),
                        Cell(held_text(each["held"]), "words", values=(held_text(each["held"]),)),
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
    """Sentences on what each scenario is, with the rules for what it does not name."""
    return [
        one
        | {
            "dates": f"{date(one['start'])} to {date(one['end'])}",
            "stated": "; ".join(f"{role_label(role)} {rule}" for role, rule in one["rules"].items()),
            "missing": ", ".join(role_label(role) for role in one["lacking"]),
        }
        for one in stress["scenarios"]
    ]


def conditions_line(stress: Json) -> str:
    """A sentence on how scenarios were carried out: from which session, scale, speed and the Fed's purchases."""
    words = [f"Each scenario follows the close of {date(stress['at'])}"]
    if stress["scale"] != 1:
        words.append(f"at {stress['scale']:g} times its size")
    if stress["slow"] != 1:
        words.append(f"with {stress['slow']} sessions for each of its own")
    if stress["fed"] is not None:
        hedged = "with hedged purchases of the Fed"
        fed = {True: "with the Fed's purchases", False: "without the Fed's purchases", "hedged": hedged}
        words.append(fed[stress["fed"]])
    return ", ".join(words) + ". Strategies trade through it as they do through history."
