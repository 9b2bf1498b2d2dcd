"""Carrying out `backtester stress list`, `show` and `new`.

A role is the name under which a history has a series; an observable is one that is published and cannot be held. A rule
says in words how an asset moves that the scenario does not name.
"""

import textwrap
from pathlib import Path

from backtester.cli.actions.screen import FOLD_WIDTH, print_json, print_table, say
from backtester.errors import OutputError
from backtester.files import write_text
from backtester.pages.format import number, numbered, points
from backtester.pages.names import role_label
from backtester.runs.values import Json, clean
from backtester.stress.build import ScenarioOptions, missing_roles, path_and_market
from backtester.stress.choose import choose_scenarios
from backtester.stress.extend import unstated_rules
from backtester.stress.read import read_scenario, scenario_names
from backtester.stress.scenario import Scenario
from backtester.stress.starting_point import read_starting_point

LISTED_KEYS = ("title", "about", "source", "calibrated_on", "differs")
SCENARIO_TEMPLATE = '''# A scenario: what happens to a history after one of its sessions. Put strategies through it with
#   backtester stress run --scenario FILE
title = "My scenario"
about = """What happens, and why."""
source = "Where its figures come from"
calibrated_on = "2025-04-02 to 2025-04-08"
differs = "What makes it different from that window"
# base = "dash_for_cash"   # another scenario, built in or a .toml file, that this one is laid over
# sessions = 20            # how long it lasts; without it, until the last shock has ended
noise = 0.0                # times the history's own residuals, scaled to the path's VIX
seed = 1

# [replay]                 # a window of the past, which the shocks are laid over
# history = "us"
# start = 2025-04-02
# end = 2025-04-08
# scale = 1.0
# slow = 1                 # sessions for each of the window's own
# without = ["yields"]     # roles that it leaves out

# A shock names a role and its size: percent for stocks, gold, the dollar and any price; bp for yields, credit_spread
# and fed_target; points for vix and cpi (percentage points of inflation); bn (billion dollars) for fed_assets.
# shape: line, jump, ease_in or spike_and_revert.
[[shock]]
role = "stocks"
percent = -10
shape = "line"
first = 1
sessions = 10

[[shock]]
role = "yields"
bp = { 2 = 20, 10 = 50, 30 = 60 }   # by years to maturity; or one number for all of them
sessions = 10

[fed]
on = false                 # purchases at the pace of March and April 2020
hedged = false             # purchases that sell futures: they take the basis and not the duration
repo_offer = 0             # the session after which the first repo offer comes; purchases begin in the fourth after it
'''


def print_scenarios(*, as_json: bool) -> None:
    """Print every built-in scenario: its name, its title and what it is calibrated on."""
    scenarios = [read_scenario(name) for name in scenario_names()]
    if as_json:
        print_json({"scenarios": [_stated_fields(scenario) for scenario in scenarios]})
        return
    rows = [[scenario.name, scenario.title, scenario.calibrated_on] for scenario in scenarios]
    print_table({"Name": "left", "Scenario": "left", "Calibrated on": "left"}, rows)


def print_scenario(name: str, history: str, data: Path | None, *, as_json: bool) -> None:
    """Print a scenario, and what it does to a history's assets and observables if it follows the last session."""
    (scenario, *_), starting_point = choose_scenarios([name], history, data), read_starting_point(history, data)
    path, market = path_and_market(scenario, starting_point, ScenarioOptions(data=data))
    count = path.sessions
    returns = {str(role): float(level.iloc[-1] / level.iloc[-count - 1] - 1) for role, level in market.levels.items()}
    changes = {str(role): float(value.iloc[-1] - value.iloc[-count - 1]) for role, value in market.observables.items()}
    rules, missing = unstated_rules(starting_point, path), missing_roles(scenario, starting_point)
    if as_json:
        effects: Json = {"sessions": count, "returns": returns, "changes": changes, "rules": rules}
        print_json(clean(_stated_fields(scenario) | effects | {"lacking": missing}))
        return
    say(f"{scenario.title} ({scenario.name}), {numbered(count, 'session')}, calibrated on {scenario.calibrated_on}\n")
    for text in (scenario.about, scenario.differs, f"Source: {scenario.source}"):
        say(textwrap.fill(text, FOLD_WIDTH) + "\n")
    rows = [[role_label(role), points(change, signed=True) + "%"] for role, change in returns.items()]
    rows += [[role_label(role), number(change, signed=True)] for role, change in changes.items()]
    title = f"After the last session of {history!r}: returns, and changes of what is published"
    print_table({"Role": "left", "Moves": "right"}, rows, title=title)
    for role, rule in rules.items():
        say(f"{role_label(role)}: not named; {rule}")
    for role in missing:
        say(f"{role_label(role)}: not in the history; left out")


def _stated_fields(scenario: Scenario) -> Json:
    """What the file of a scenario says of it, and the hash of the file."""
    return {field: getattr(scenario, field) for field in ("name", *LISTED_KEYS, "sha256")}


def write_scenario(path: Path) -> None:
    """Write a scenario file to start from; raise OutputError if the file exists or does not end in .toml."""
    if path.suffix != ".toml":
        raise OutputError(f"{path} does not end in .toml, by which a scenario's file is known; name it so")
    if path.exists():
        raise OutputError(f"{path} is there already; name another file, or remove it")
    write_text(path, SCENARIO_TEMPLATE)
    read_scenario(str(path))
    say(f"Scenario: {path}")
