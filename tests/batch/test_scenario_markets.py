"""Which scenarios become worlds of a study, and why others do not, by hand."""

import datetime
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from backtester.batch import scenario_markets
from backtester.batch.scenario_markets import (
    ScenarioMarket,
    make_scenario_markets,
    scenario_column,
    scenario_hashes_by_column,
)
from backtester.errors import DataError, StudyError
from backtester.histories.market import Market
from backtester.runs.settings import RunSettings

MARKET = cast(Market, SimpleNamespace(history="a history", sessions=pd.bdate_range("2024-01-01", periods=3)))


def scenario(name: str, *, fails: bool = False) -> Any:
    """A scenario, which may be one that cannot happen to the history."""
    return SimpleNamespace(name=name, title=f"The {name}", sha256=f"hash of {name}", fails=fails)


def put_on(scenario: Any, starting_point: object, ways: object) -> tuple[Any, str]:
    """A path of seven sessions and the market with it."""
    if scenario.fails:
        raise DataError(f"no {scenario.name} here")
    return SimpleNamespace(sessions=7), f"market of {scenario.name}"


def made(*scenarios: Any, asked: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The worlds of scenarios that were asked for so."""
    starts: list[Any] = []
    monkeypatch.setattr(scenario_markets, "choose_scenarios", lambda stress, history, data: list(scenarios))
    monkeypatch.setattr(scenario_markets, "scenario_start", lambda *given, also: starts.append((given, also)))
    monkeypatch.setattr(scenario_markets, "path_and_market", put_on)
    settings = RunSettings(stress=asked)
    found = make_scenario_markets(settings, MARKET, [], also={"gold"})
    assert starts == ([((settings, "a history", [], datetime.date(2024, 1, 3)), {"gold"})] if scenarios else [])
    return found


def test_a_world_for_each_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the market's last session, by the column that its name makes."""
    found, left_out = made(scenario("War"), scenario("a-b c"), asked=("War", "a-b c"), monkeypatch=monkeypatch)
    assert (list(found), left_out) == (["stress_war", "stress_a_b_c"], [])
    assert found["stress_war"] == ScenarioMarket("The War", "hash of War", cast(Market, "market of War"), 7)
    assert scenario_hashes_by_column(found) == {"stress_war": "hash of War", "stress_a_b_c": "hash of a-b c"}
    assert scenario_column("A--B") == "stress_a_b"
    assert made(asked=(), monkeypatch=monkeypatch) == ({}, [])


@pytest.mark.parametrize(("asked", "left"), [(("all",), True), (("ALL", "war"), True), (("war", "peace"), False)])
def test_of_all_those_that_cannot_happen_are_left_out(
    asked: tuple[str, ...], left: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was named raises its error."""
    both = scenario("war", fails=True), scenario("peace")
    if left:
        found, left_out = made(*both, asked=asked, monkeypatch=monkeypatch)
        assert (list(found), left_out) == (["stress_peace"], ["war: no war here"])
    else:
        with pytest.raises(DataError, match="no war here"):
            made(*both, asked=asked, monkeypatch=monkeypatch)


def test_two_of_one_column_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that differ in case or signs alone make one."""
    with pytest.raises(StudyError, match="two scenarios would make the column 'stress_a_b'"):
        made(scenario("a b"), scenario("A-b"), asked=("all",), monkeypatch=monkeypatch)
