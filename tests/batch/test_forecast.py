"""Studies that are counted and timed before they are carried out, and settings of a run that a grid varies."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from backtester.batch import forecast as forecasts
from backtester.batch.forecast import forecast
from backtester.batch.jobs import WorkerState, run_jobs
from backtester.batch.study import expand, read_study
from backtester.batch.study_plan import plan_study
from backtester.batch.workers import TaskLimits
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
