"""Carrying out `backtester stress list`, `show` and `new`."""

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
    """Every built-in scenario: its name, its title and what it is calibrated on."""
    found = [read_scenario(name) for name in scenario_names()]
    if as_json:
        print_json(
            {"scenarios": [{word: getattr(one, word) for word in ("name", *LISTED_KEYS, "sha256")} for one in found]}
        )
        return
    rows = [[one.name, one.title, one.calibrated_on] for one in found]
    print_table({"Name": "left", "Scenario": "left", "Calibrated on": "left"}, rows)


def print_scenario(text: str, history: str, data: Path | None, *, as_json: bool) -> None:
    """Print a scenario, and its effects on a history's assets and observables after its last session."""
    (scenario, *_), starting_point = choose_scenarios([text], history, data), read_starting_point(history, data)
    path, market = path_and_market(scenario, starting_point, ScenarioOptions(data=data))
    count = path.sessions
    returns = {str(role): float(level.iloc[-1] / level.iloc[-count - 1] - 1) for role, level in market.levels.items()}
    changes = {str(role): float(one.iloc[-1] - one.iloc[-count - 1]) for role, one in market.observables.items()}
    found: Json = {word: getattr(scenario, word) for word in ("name", *LISTED_KEYS, "sha256")}
    found |= {"sessions": count, "returns": returns, "changes": changes, "rules": unstated_rules(starting_point, path)}
    found |= {"lacking": missing_roles(scenario, starting_point)}
    if as_json:
        print_json(clean(found))
        return
    say(f"{scenario.title} ({scenario.name}), {numbered(count, 'session')}, calibrated on {scenario.calibrated_on}\n")
    for words in (scenario.about, scenario.differs, f"Source: {scenario.source}"):
        say(textwrap.fill(words, FOLD_WIDTH) + "\n")
    rows = [[role_label(role), points(move, signed=True) + "%"] for role, move in returns.items()]
    rows += [[role_label(role), number(move, signed=True)] for role, move in changes.items()]
    title = f"After the last session of {history!r}: returns, and changes of what is published"
    print_table({"Role": "left", "Moves": "right"}, rows, title=title)
    for role, rule in found["rules"].items():
        say(f"{role_label(role)}: not named; {rule}")
    for role in found["lacking"]:
        say(f"{role_label(role)}: not in the history; left out")


def write_scenario(path: Path) -> None:
    """Write a file to start from; raise OutputError where one stands already or it would not be read as a scenario."""
    if path.suffix != ".toml":
        raise OutputError(f"{path} does not end in .toml, by which a scenario's file is known; name it so")
    if path.exists():
        raise OutputError(f"{path} is there already; name another file, or remove it")
    write_text(path, SCENARIO_TEMPLATE)
    read_scenario(str(path))
    say(f"Scenario: {path}")
