"""Carrying out `backtester stress run`: the run, its page, and its tables on the terminal.

The document is the results as JSON. A role names a series; a payoff is a return less that of the strategy's mix, the
stocks, bonds and bills, in fixed shares, that moved as it did before.
"""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backtester.cli.actions.screen import print_json, print_table, say, warn
from backtester.cli.actions.stress_folder import write_stress_folder
from backtester.pages.format import points
from backtester.runs.settings import RunSettings
from backtester.runs.stress_run import stress_run
from backtester.runs.stress_words import stress_answers
from backtester.runs.values import Json
from backtester.stress.build import Fed, ScenarioOptions
from backtester.tearsheet.stress_page import render_stress


def stress_settings(params: Mapping[str, Any]) -> RunSettings:
    """The settings that the options of a stress command state."""
    return RunSettings(
        recipes=params["recipes"],
        data=params["data"],
        history=params["history"],
        plugins=params["plugins"],
        reference=params["reference"],
        stress=params.get("scenarios", ()),
    )


def run_scenarios(
    settings: RunSettings,
    at: datetime.date | None,
    scale_slow_fed: tuple[float, int, Fed | None],
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Put the recipes through the scenarios after the session `at`, write the folder and print the tables.

    `scale_slow_fed` has the values of the options of these names.
    """
    scale, slow, fed = scale_slow_fed
    options = ScenarioOptions(scale=scale, slow=slow, fed=fed, data=settings.data)
    document, page = write_stress_folder(
        "stress", out, lambda report: stress_run(settings, at, options, report), render_stress
    )
    for message in (*document["left_out"], *document["stress"]["left_out"]):
        warn(f"left out {message}")
    for scenario in document["stress"]["scenarios"]:
        if scenario["lacking"]:
            roles = ", ".join(scenario["lacking"])
            warn(f"{scenario['name']}: history {settings.history!r} has no {roles}; left out of the path")
    if as_json:
        print_json(document)
        return
    _print(document)
    say(f"\nPage: {page}")


def _print(document: Json) -> None:
    """Print tables of returns, payoffs and deepest falls, with a row for each scenario, and sentences on them."""
    strategies, scenarios = document["strategies"], document["stress"]["scenarios"]
    for title, key, shown in (
        (f"After {document['stress']['at']}: what each strategy returned, in percent", "return", strategies),
        ("Paid over its mix, in points", "payoff", strategies[1:]),
        ("Deepest fall on the way, in percent", "deepest_fall", strategies),
    ):
        columns = {"Scenario": "left"} | {strategy["label"]: "right" for strategy in shown}
        names = [strategy["name"] for strategy in shown]
        rows = [[row["title"], *(points(row["strategies"][name][key]) for name in names)] for row in scenarios]
        if shown:
            print_table(columns, rows, title=f"\n{title}")
    say("")
    labels = {strategy["name"]: strategy["label"] for strategy in strategies[1:]}
    for answer in stress_answers(document["stress"], labels):
        say(" ".join(answer))
