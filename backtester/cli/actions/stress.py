"""Carrying out `backtester stress run`: settings from the options, the page into its folder, tables on the screen."""

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


def trial_settings(params: Mapping[str, Any]) -> RunSettings:
    """The settings that the options state."""
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
    how: tuple[float, int, Fed | None],
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Put the recipes through the scenarios, write the folder and print the tables."""
    options = ScenarioOptions(how[0], how[1], how[2], settings.data)
    document, page = write_stress_folder(
        "stress", out, lambda report: stress_run(settings, at, options, report), render_stress
    )
    for message in (*document["left_out"], *document["stress"]["left_out"]):
        warn(f"left out {message}")
    for one in document["stress"]["scenarios"]:
        if one["lacking"]:
            warn(
                f"{one['name']}: history {settings.history!r} has no {', '.join(one['lacking'])}; left out of the path"
            )
    if as_json:
        print_json(document)
        return
    _print(document)
    say(f"\nPage: {page}")


def _print(document: Json) -> None:
    """A table of returns and one of payoffs, a row a scenario, and what they say."""
    strategies, scenarios = document["strategies"], document["stress"]["scenarios"]
    heads = {"Scenario": "left"} | {one["label"]: "right" for one in strategies}
    for title, key, shown in (
        (f"After {document['stress']['at']}: what each strategy returned, in percent", "return", strategies),
        ("Paid over its mix, in points", "payoff", strategies[1:]),
        ("Deepest fall on the way, in percent", "deepest_fall", strategies),
    ):
        columns = {name: side for name, side in heads.items() if name in ("Scenario", *(one["label"] for one in shown))}
        rows = [[one["title"], *(points(one["strategies"][each["name"]][key]) for each in shown)] for one in scenarios]
        if shown:
            print_table(columns, rows, title=f"\n{title}")
    say("")
    for answer in stress_answers(document["stress"], {one["name"]: one["label"] for one in strategies[1:]}):
        say(" ".join(answer))
