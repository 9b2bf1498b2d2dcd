"""Studies that are counted and timed before they are carried out, and settings of a run that a grid varies."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from backtester.batch import forecast as forecasts
from backtester.batch.forecast import forecast
from backtester.batch.jobs import Job, WorkerState, run_jobs
from backtester.batch.study import expand, read_study
from backtester.batch.study_plan import StudyPlan, plan_study
from backtester.batch.workers import AnswerTasks, Failure, TaskLimits
from folders import CHECKOUT

LIMITS = TaskLimits(60, 4000)
SWEEP = """
name = "sweep"
history = "small"
data = "{data}"
[[grid]]
recipe = "sixty_forty(stocks={{x}})"
x = {{ from = 0.1, to = 0.5, step = 0.1 }}
lag = [1, 2]
bonds_role = ["bonds", "gold"]
"""


@pytest.fixture(scope="module")
def study(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    (folder / "sweep.toml").write_text(SWEEP.format(data=small))
    return folder / "sweep.toml"


def test_a_forecast_counts_times_and_keeps_nothing(study: Path, tmp_path: Path) -> None:
    """Twenty jobs, none done, and some time that they would take; no folder is made for it."""
    seen = forecast(study, tmp_path / "out", workers=2, limits=LIMITS)
    assert (seen.study, seen.jobs, seen.done) == ("sweep", 20, 0)
    assert seen.seconds is not None
    assert seen.seconds > 0
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("seconds", "workers", "told"), [(10.0, 4, 2.5), (10.0, 1, 10.0), (None, 4, None)])
def test_workers_share_the_time(
    monkeypatch: pytest.MonkeyPatch,
    study: Path,
    tmp_path: Path,
    seconds: float | None,
    workers: int,
    told: float | None,
) -> None:
    """What one would take, over how many there are; nothing where nothing could be timed."""
    monkeypatch.setattr(forecasts, "_seconds", lambda plan, todo, limits: seconds)
    assert forecast(study, tmp_path / "out", workers=workers, limits=LIMITS).seconds == told


def test_settings_of_the_run_reach_the_rows(study: Path) -> None:
    """Another lag, and another leg, make other figures; the reference trades by the job's own settings."""
    plan = plan_study(study)
    rows = run_jobs(plan.jobs, WorkerState(plan.market, plan.library, plan.settings))
    assert rows["error"].null_count == 20
    for column in ("cagr", "mix_bonds", "mean_loss_reference"):
        assert pc.count_distinct(rows[column].slice(0, 4)).as_py() > 1, column
    alone = pa.concat_tables(
        [run_jobs([job], WorkerState(plan.market, plan.library, plan.settings)) for job in plan.jobs]
    )
    assert rows.equals(alone)


@pytest.mark.parametrize(("name", "jobs"), [("gold_and_dollar", 66), ("volatility_target", 10_000)])
def test_examples_run(name: str, jobs: int) -> None:
    """The studies that come with the project have the jobs they say, and the first and last of them run."""
    path = CHECKOUT / "examples" / f"{name}.toml"
    assert len(expand(read_study(path))) == jobs
    plan = plan_study(path)
    assert len({job.key for job in plan.jobs}) == jobs
    rows = run_jobs([plan.jobs[0], plan.jobs[-1]], WorkerState(plan.market, plan.library, plan.settings))
    assert rows["error"].to_pylist() == [None, None]
    assert rows[plan.study.rank_by].null_count == 0


@pytest.mark.parametrize(
    ("count", "sizes", "last"), [(100, [1, 16, 16], 93), (33, [1, 16, 16], 31), (31, [1, 16, 15], 30), (1, [1, 1], 0)]
)
def test_thirty_two_jobs_are_timed(count: int, sizes: list[int], last: int) -> None:
    """Evenly spread, the first twice, since it loads what is compiled; what counts is the last task that did not
    fail."""
    jobs = [cast(Job, SimpleNamespace(place=place)) for place in range(count)]
    for fails in (False, True):
        asked: list[tuple[Any, ...]] = []

        def answers(
            work: Any, following: Callable[[], Any], asked: list[tuple[Any, ...]] = asked, fails: bool = fails
        ) -> Iterator[tuple[Any, Any]]:
            while task := following():
                asked.append(task)
                yield task, Failure("broke") if fails and len(asked) > 1 else ("rows", 4.0 * len(asked))

        took = forecasts._seconds_per_job(jobs, None, cast(AnswerTasks, answers))
        assert [len(task) for task in asked] == sizes
        assert (asked[0][0].place, asked[1][0].place, asked[-1][-1].place) == (0, 0, last)
        assert took == (4.0 if fails else 4.0 * len(sizes) / sizes[-1])


@pytest.mark.parametrize(
    ("each", "todo", "seconds"),
    [
        ({None: 2.0, "war": 0.5}, {None: 3, "war": 4}, 8.0),
        ({None: 2.0}, {None: 3}, 6.0),
        ({None: 2.0, "war": None}, {None: 3, "war": 4}, None),
        ({}, {}, None),
    ],
)
def test_all_of_it_is_reckoned_from_what_was_timed(
    each: dict[str | None, float | None],
    todo: dict[str | None, int],
    seconds: float | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each job on the history and in each scenario; nothing where one of them could not be timed, or none is left."""
    monkeypatch.setattr(forecasts, "compile_kernel", lambda: None)
    monkeypatch.setattr(forecasts, "compile_measures", lambda: None)
    monkeypatch.setattr(forecasts, "open_workers", lambda parcel, workers, limits: contextlib.nullcontext(workers))
    monkeypatch.setattr(
        forecasts, "_seconds_per_job", lambda jobs, column, answers: each[column] if answers == 1 else 0.0
    )
    plan = cast(StudyPlan, SimpleNamespace(worker_data=lambda: None))
    jobs = {column: [cast(Job, None)] * count for column, count in todo.items()}
    assert forecasts._seconds(plan, jobs, LIMITS) == seconds


@pytest.mark.parametrize("there", [False, True])
def test_what_is_done_and_what_is_left(there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three jobs two are done, and in two scenarios one return of six; in a new folder none."""
    jobs = [cast(Job, SimpleNamespace(key=key)) for key in "abc"]
    plan = SimpleNamespace(
        study=SimpleNamespace(name="one"), jobs=jobs, scenario_markets={"war": "war", "peace": "peace"}
    )
    store = SimpleNamespace(row_numbers=lambda jobs: {"a": 0, "c": 1})
    if there:
        (tmp_path / "rows").mkdir()
    seen: list[Any] = []
    monkeypatch.setattr(forecasts, "plan_study", lambda path: plan)
    monkeypatch.setattr(forecasts, "open_store", lambda folder, name: contextlib.nullcontext(store))
    monkeypatch.setattr(forecasts, "stored_returns", lambda store: {"b in peace": 0.5})
    monkeypatch.setattr(
        forecasts, "return_keys", lambda world, jobs: {job.key: f"{job.key} in {world}" for job in jobs}
    )
    monkeypatch.setattr(forecasts, "_seconds", lambda plan, todo, limits: seen.append(todo) or 12.0)
    found = forecast(Path("one.toml"), tmp_path, workers=3, limits=LIMITS)
    assert (found.study, found.jobs, found.done) == ("one", 3, 2 if there else 0)
    assert (found.returns, found.returns_done, found.seconds) == (6, 1 if there else 0, 4.0)
    [todo] = seen
    assert {column: [job.key for job in left] for column, left in todo.items()} == (
        {None: ["b"], "war": ["a", "b", "c"], "peace": ["a", "c"]}
        if there
        else {key: [*"abc"] for key in (None, "war", "peace")}
    )
