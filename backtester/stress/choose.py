"""The scenarios that a user names on the command line: embedded ones, files, and windows of the past."""

from collections.abc import Sequence
from pathlib import Path as FilePath

from backtester.errors import ScenarioError, did_you_mean
from backtester.stress.read import read_scenario, scenario_names
from backtester.stress.replay import DATES_SEPARATOR, JOINT_PREFIX, crisis_named, named_window
from backtester.stress.scenario import Replayed, Scenario

ALL = "all"
MOST_SCENARIOS = 40  # scenarios on one page


def choose_scenarios(texts: Sequence[str], history: str, data: FilePath | None = None) -> list[Scenario]:
    """The scenarios that the texts name, each once. Raise ScenarioError, with the nearest name, if a text names none.

    A text is `all`, the name of an embedded scenario, a .toml file, the name of a crisis, or a window of the past such
    as 2020-03-09..2020-03-18 or joint:2020-03-18, the joint sell-off that holds this date (`replay.named_window`).
    `history` is the one that windows are taken from, `data` the folder of the user's own histories.
    """
    names = [name for text in texts for name in (scenario_names() if text.lower() == ALL else (text,))]
    if len(names) > MOST_SCENARIOS:
        raise ScenarioError(f"{len(names)} scenarios; at most {MOST_SCENARIOS} stand on one page: leave some out")
    chosen = [_chosen(name, history, data) for name in dict.fromkeys(names)]
    return list({scenario.name: scenario for scenario in chosen}.values())


def _chosen(text: str, history: str, data: FilePath | None) -> Scenario:
    """The scenario that one text names, which is not `all`. Raise ScenarioError if it names none."""
    is_window = DATES_SEPARATOR in text or text.lower().startswith(JOINT_PREFIX)
    if text.endswith(".toml") or text.lower().replace("-", "_") in scenario_names():
        return read_scenario(text)
    if is_window or crisis_named(text, data) is not None:
        return window_scenario(text, history, data)
    known = [*scenario_names(), ALL]
    raise ScenarioError(
        f"unknown scenario {text!r}; {did_you_mean(text, known)} or name a crisis, a file that ends in .toml, or a "
        "window such as 2020-03-09..2020-03-18"
    )


def window_scenario(text: str, history: str, data: FilePath | None) -> Scenario:
    """The scenario that replays a window of the past, named by its dates, a joint sell-off or a crisis."""
    source, window = named_window(text, history, data)
    crisis, sessions = crisis_named(text, data), source.market.sessions
    start, end = (sessions[place].date() for place in (window.start, window.end))
    dates = f"{start} to {end}"
    return Scenario(
        name=text,
        title=crisis.name if crisis else f"Replay of {dates}",
        about=crisis.summary if crisis else f"What everything did from the close of {start} to that of {end}.",
        source=crisis.source if crisis else f"The history {source.history.name!r} itself",
        calibrated_on=f"{source.history.name}: {dates}",
        differs="Assets return what they returned then; yields start from today's.",
        replay=Replayed(history=source.history.name, start=start, end=end),
    )
