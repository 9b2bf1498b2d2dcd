"""What a study must find again before its rows are held to it, by hand."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from backtester.batch import verify
from backtester.batch.grid import Grid
from backtester.batch.manifest import StudyFolder
from backtester.batch.scenario_markets import ScenarioMarket
from backtester.batch.study import Study
from backtester.batch.study_plan import StudyPlan
from backtester.errors import DataError

STUDY = Study(name="one", grid=[Grid.model_validate({"recipe": "a"})], data=Path("its data"), plugins=(Path("its.py"),))


def planned(
    monkeypatch: pytest.MonkeyPatch, data: Path | None = None, plugins: tuple[Path, ...] = (), **scenarios: str
) -> Study:
    """The study that is planned again, of a history with the hash "h" and a scenario with the hash "s"."""
    seen: list[Any] = []
    market = SimpleNamespace(sha256="h")
    worlds = {"stress_war": cast(ScenarioMarket, SimpleNamespace(sha256="s"))}
    plan = cast(StudyPlan, SimpleNamespace(market=market, scenario_markets=worlds))
    monkeypatch.setattr(verify, "check_study", lambda text, place: seen.append(place) or STUDY)
    monkeypatch.setattr(verify, "load_library", lambda plugins: f"library of {plugins}")
    monkeypatch.setattr(verify, "refuse_changed_strategies", lambda *given: None)
    monkeypatch.setattr(verify, "plan_of", lambda study, folder, place: seen.append((study, place)) or plan)
    sha256 = scenarios.pop("history", "h")
    manifest = {"study": {}, "plugins": {}, "data": {"history": "us", "sha256": sha256}}
    if scenarios:
        manifest["scenarios"] = dict(scenarios)
    assert verify._planned(StudyFolder(Path("out"), manifest, cast(Any, None)), data, plugins) is plan
    place, (study, again) = seen
    assert place == again == Path("out/manifest.json")
    return cast(Study, study)


def test_where_it_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the study did, or where it is told to."""
    its = planned(monkeypatch, stress_war="s")
    assert (its.data, its.plugins) == (Path("its data"), (Path("its.py"),))
    other = planned(monkeypatch, Path("other"), (Path("other.py"),))
    assert (other.data, other.plugins) == (Path("other"), (Path("other.py"),))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"history": "another"}, "history 'us' changed since the study in out; name the data"),
        (
            {"stress_war": "0123456789abcdef"},
            "the scenario of column 'stress_war' changed since the study in out; put its file back as it was (its "
            "SHA-256 began with 0123456789ab), or carry",
        ),
        ({"stress_war": "s", "stress_peace": "s"}, "the scenario of column 'stress_peace' changed"),
    ],
)
def test_what_changed_is_refused(changed: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The history by its name, a scenario by its column; one that is gone changed too."""
    with pytest.raises(DataError, match=re.escape(said)):
        planned(monkeypatch, **changed)
