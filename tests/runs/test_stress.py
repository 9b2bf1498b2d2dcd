"""Scenarios in a run: its document, its manifest and its settings; and what they say in words."""

import datetime
import json
from pathlib import Path

import pytest

from backtester.errors import ScenarioError
from backtester.files import to_json
from backtester.runs.document import document
from backtester.runs.folder import read_run, write_run
from backtester.runs.manifest import manifest, run_command
from backtester.runs.result import Result
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.stress_run import stress_run
from backtester.runs.values import Json
from backtester.stress.read import read_scenario

NAMES = ("capital_war", "2020-03-09..2020-03-18")
RECIPE = "sixty_forty + gold_overlay"


@pytest.fixture(scope="module")
def result(small: Path) -> Result:
    """60/40 and gold on the small history, put through two scenarios."""
    settings = RunSettings(recipes=(RECIPE,), history="small", data=small, resamples=0, stress=NAMES)
    return carry_out(settings)


@pytest.fixture(scope="module")
def told(result: Result) -> Json:
    """Its document."""
    return document(result)


def test_scenarios_follow_the_last_session(result: Result, told: Json) -> None:
    """The document has each scenario with its hash, its assets and every strategy's curve from 1."""
    stress = told["stress"]
    assert stress["at"] == told["history"]["last"] == "2021-09-30"
    assert [one["name"] for one in stress["scenarios"]] == list(NAMES)
    war = stress["scenarios"][0]
    assert war["sha256"] == read_scenario("capital_war").sha256
    assert set(war["strategies"]) == {one.name for one in result.strategies}
    own = war["strategies"][RECIPE]
    assert own["nav"][0] == 1
    assert len(own["nav"]) == war["sessions"] + 1
    assert own["return"] == pytest.approx(own["nav"][-1] - 1, abs=1e-6)
    assert war["lacking"] == []
    assert "dollar" not in war["assets"]


def test_the_window_is_measured_without_them(small: Path, result: Result, told: Json) -> None:
    """What a run measures is the same with scenarios and without; without, nothing speaks of any."""
    bare = carry_out(RunSettings(recipes=(RECIPE,), history="small", data=small, resamples=0))
    plain = document(bare)
    assert "stress" not in plain
    assert plain["strategies"] == told["strategies"]
    assert "stress" not in manifest(bare)
    assert bare.stress is None
    assert result.stress is not None


def test_the_manifest_has_their_hashes_and_the_command(result: Result) -> None:
    """A run with scenarios is repeated by its command, and their hashes are part of its key."""
    found = manifest(result)
    assert set(found["stress"]) == set(NAMES)
    assert "--stress capital_war --stress 2020-03-09..2020-03-18" in found["command"]
    assert "--stress" not in run_command(RunSettings())
    assert run_command(RunSettings(stress=("/home/me/mine.toml", "all"))).endswith("--stress mine.toml --stress all")


def test_a_folder_keeps_them(result: Result, tmp_path: Path) -> None:
    """What is written is read back, scenarios and all, as strict JSON."""
    write_run(result, tmp_path / "run")
    assert read_run(tmp_path / "run").document["stress"] == json.loads(to_json(document(result)))["stress"]


def test_a_scenario_that_cannot_happen_is_an_error_unless_all_were_asked_for(small: Path) -> None:
    """Named, it is refused with its reason; among `all` it is left out and said."""
    settings = RunSettings(recipes=(RECIPE,), history="small", data=small, resamples=0, stress=("flight_to_quality",))
    at = datetime.date(2021, 6, 1)
    with pytest.raises(ScenarioError, match="takes yield_3m to -1"):
        stress_run(settings, at)
    every = stress_run(settings.model_copy(update={"stress": ("all",)}), at)
    assert every["schema"] == 1
    assert any("flight_to_quality: the path takes yield_3m" in why for why in every["stress"]["left_out"])
    assert len(every["stress"]["scenarios"]) >= 8
    assert every["stress"]["at"] == "2021-06-01"


def test_a_rhythm_of_ones_own_is_refused(small: Path) -> None:
    """A scenario falls and recovers between the ends of two months, and the message says so."""
    settings = RunSettings(history="small", data=small, rhythm="month", resamples=0, stress=("capital_war",))
    with pytest.raises(ScenarioError, match=r"lie between the ends of months.* leave out --rhythm month"):
        stress_run(settings)
