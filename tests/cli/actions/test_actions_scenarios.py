"""What `stress show` prints of a scenario, by hand."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtester.cli.actions import scenarios as actions
from backtester.errors import OutputError


def shown(monkeypatch: pytest.MonkeyPatch, *, as_json: bool, sessions: int = 2) -> None:
    """A scenario of some sessions after a history of two, on which stocks halve and the VIX rises by 5."""
    words = {"title": "War", "about": "It begins.", "source": "A book", "calibrated_on": "2020", "differs": "Much."}
    scenario = SimpleNamespace(name="war", sha256="s", **words)
    levels = pd.DataFrame({"stocks": [1.0, 4.0, 3.0, 2.0]})
    market = SimpleNamespace(levels=levels, observables=pd.DataFrame({"vix": [9.0, 20.0, 22.0, 25.0]}))
    asked: list[Any] = []
    monkeypatch.setattr(actions, "choose_scenarios", lambda names, history, data: asked.append(names) or [scenario])
    monkeypatch.setattr(actions, "read_starting_point", lambda history, data: f"the end of {history}")
    monkeypatch.setattr(
        actions, "path_and_market", lambda scenario, start, options: (SimpleNamespace(sessions=sessions), market)
    )
    monkeypatch.setattr(actions, "unstated_rules", lambda start, path: {"bonds": "they stay"})
    monkeypatch.setattr(actions, "missing_roles", lambda scenario, start: ["gold"])
    actions.print_scenario("war", "us", None, as_json=as_json)
    assert asked == [["war"]]


def test_what_a_scenario_does(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """From the last session of the history to that of the path, with what it does not say and what is not there."""
    shown(monkeypatch, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:6] == ["War (war), 2 sessions, calibrated on 2020", "", "It begins.", "", "Much.", ""]
    assert lines[6:9] == [
        "Source: A book",
        "",
        "After the last session of 'us': returns, and changes of what is published",
    ]
    moves = [line.split() for line in lines[9:] if line.startswith(("Stocks", "VIX"))]
    assert moves == [["Stocks", "\N{MINUS SIGN}50.0%"], ["VIX", "+5.00"]]
    assert lines[-2:] == ["Bonds: not named; they stay", "Gold: not in the history; left out"]


def test_a_scenario_of_one_session(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """As a document: its words, hash and moves by role."""
    shown(monkeypatch, as_json=True, sessions=1)
    found = json.loads(capsys.readouterr().out)
    assert (found["name"], found["sha256"], found["sessions"], found["lacking"]) == ("war", "s", 1, ["gold"])
    assert found["returns"]["stocks"] == pytest.approx(2 / 3 - 1)
    assert (found["changes"], found["rules"]) == ({"vix": 3.0}, {"bonds": "they stay"})
    assert np.isfinite(found["returns"]["stocks"])


def test_a_file_to_start_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is a scenario, takes no name that is taken, and ends as scenarios' files do."""
    actions.write_scenario(tmp_path / "mine.toml")
    assert capsys.readouterr().out == f"Scenario: {tmp_path / 'mine.toml'}\n"
    with pytest.raises(OutputError, match="is there already; name another file, or remove it"):
        actions.write_scenario(tmp_path / "mine.toml")
    with pytest.raises(OutputError, match=r"does not end in \.toml"):
        actions.write_scenario(tmp_path / "mine.txt")
