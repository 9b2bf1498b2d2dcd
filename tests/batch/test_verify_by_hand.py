"""What a study must find again before its rows are held to it, by hand."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest

from backtester.batch import verify
from backtester.batch.grid import Grid
from backtester.batch.manifest import StudyFolder
from backtester.batch.rows import ROW_FIGURES, JobOutcome, table_of
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


def stored_rows(count: int, failed: int = 0) -> pa.Table:
    """The rows of so many jobs, the last of which failed."""
    names = [(f"k{place}", f"job {place}", "r") for place in range(count)]
    figures = np.zeros(len(ROW_FIGURES))
    sound = [JobOutcome(None, figures=figures, months=np.array([0.5]))] * (count - failed)
    return table_of(names, [*sound, *[JobOutcome("it broke")] * failed])


@pytest.mark.parametrize(("count", "failed", "jobs"), [(30, 2, 20), (10, 0, 10), (21, 1, 20)])
def test_twenty_jobs_are_a_sample(count: int, failed: int, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that did not fail, drawn by seed 1, each once, in the order of the table; of fewer all."""
    table, asked = stored_rows(count, failed), list[str]()
    planned_jobs = [SimpleNamespace(key=f"k{place}") for place in range(count)]
    plan = SimpleNamespace(jobs=planned_jobs, scenario_markets={})
    monkeypatch.setattr(verify, "_planned", lambda *given: plan)

    def again(jobs: list[Any], plan: object) -> pa.Table:
        asked.extend(job.key for job in jobs)
        rows = [int(job.key[1:]) for job in jobs]
        changed = table.take(pa.array(rows)).select(verify.COMPARED).to_pylist()
        changed[3]["cagr"] = 0.25
        changed[1]["cagr"] = 0.125
        return pa.Table.from_pylist(changed)

    monkeypatch.setattr(verify, "_run_again", again)
    folder = StudyFolder(Path("out"), {}, table)
    found = verify.verify_study(folder)
    drawn = np.sort(np.random.default_rng(1).choice(count - failed, jobs, replace=False)).tolist()
    assert asked == [f"k{place}" for place in drawn]
    assert (found.jobs, found.sound) == (jobs, count - failed)
    assert (found.difference.size, found.difference.where) == (0.25, f"job {drawn[3]}: cagr")
    assert verify.verify_study(folder, sample=4).jobs == 4


def test_what_cannot_be_sampled_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all failed, a job is of another study, or a scenario has no column."""
    markets = {"stress_war": None}
    plan = SimpleNamespace(jobs=[SimpleNamespace(key="k0")], scenario_markets=markets)
    monkeypatch.setattr(verify, "_planned", lambda *given: plan)
    for rows, said in (
        (stored_rows(2, 2), "out has only jobs that failed"),
        (stored_rows(2, 0), "out has 'job 1', which is not in the study"),
        (stored_rows(1, 0), "out has no column 'stress_war'"),
        (stored_rows(1, 0).drop_columns(["cagr"]), "out has no column 'cagr'"),
    ):
        with pytest.raises(DataError, match=said):
            verify.verify_study(StudyFolder(Path("out"), {}, rows))
