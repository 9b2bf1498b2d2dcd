"""A study's scenarios: columns of its results, kept beside its rows, that can rank them."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from backtester.batch.carry_out import Batch, run_batch
from backtester.batch.forecast import forecast
from backtester.batch.jobs import WorkerState
from backtester.batch.ranking import best_rows
from backtester.batch.scenario_markets import scenario_column
from backtester.batch.stressed import run_jobs_in_scenario
from backtester.batch.study_plan import plan_study
from backtester.batch.workers import TaskLimits
from backtester.errors import StudyError
from backtester.runs.settings import RunSettings
from backtester.runs.stress_run import stress_run

SCENARIOS = ("capital_war", "2020-03-09..2020-03-18")
COLUMNS = ["stress_capital_war", "stress_2020_03_09_2020_03_18"]
STUDY = """
name = "stressed"
history = "small"
data = "{data}"
stress = {scenarios}
rank_by = "{rank_by}"
[[grid]]
recipe = "sixty_forty + gold_overlay(size={{size}})"
size = [0.05, 0.1, 0.3]
"""


def study(folder: Path, small: Path, scenarios: Sequence[str], rank_by: str = "cagr", more: str = "") -> Path:
    """The file of a study with scenarios."""
    path = folder / "stressed.toml"
    path.write_text(STUDY.format(data=small, scenarios=list(scenarios), rank_by=rank_by) + more, encoding="utf-8")
    return path


def carried(path: Path, heard: list[tuple[int, int]] | None = None) -> Batch:
    """The study carried out beside its file."""

    def progress(done: int, total: int, errors: Sequence[str] = ()) -> None:
        assert not errors
        if heard is not None:
            heard.append((done, total))

    return run_batch(path, path.parent / "out", workers=1, limits=TaskLimits(60, 4000), progress=progress)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the study lies."""
    return tmp_path_factory.mktemp("stressed")


@pytest.fixture(scope="module")
def batch(folder: Path, small: Path) -> Batch:
    """The study with both scenarios, ranked by one of them."""
    return carried(study(folder, small, SCENARIOS, COLUMNS[0]))


def test_results_have_a_column_a_scenario(small: Path, batch: Batch) -> None:
    """Each job returns there what `stress run` says that its recipe returns."""
    table = pq.read_table(batch.path)
    assert [name for name in table.schema.names if name.startswith("stress_")] == COLUMNS
    recipe = "sixty_forty + gold_overlay(size=0.3)"
    settings = RunSettings(recipes=(recipe,), history="small", data=small, resamples=0, stress=SCENARIOS)
    alone = stress_run(settings)["stress"]["scenarios"]
    row = table.to_pylist()[2]
    for name, scenario in zip(COLUMNS, alone, strict=True):
        assert row[name] == pytest.approx(scenario["strategies"][recipe]["return"], abs=1e-12)


def test_a_scenario_ranks_jobs(batch: Batch) -> None:
    """The best is the job that returns most in a capital war: gold rises there, so it is the one with most of it."""
    best = best_rows(batch.table, batch.study.rank_by, 3)
    assert [row["setting_size"] for row in best] == [0.3, 0.1, 0.05]
    assert batch.scenarios == dict(zip(COLUMNS, ["Capital war", "Replay of 2020-03-09 to 2020-03-18"], strict=True))


def test_what_was_put_through_is_kept(folder: Path, small: Path, batch: Batch) -> None:
    """The same again carries nothing out; another scenario is carried out alone, and the first is read again."""
    heard: list[tuple[int, int]] = []
    again = carried(study(folder, small, SCENARIOS, COLUMNS[0]), heard)
    assert again.table.equals(batch.table)
    assert heard == [(3, 9), (6, 9), (9, 9)]
    parts = sorted((folder / "out" / "stress").iterdir())
    other = carried(study(folder, small, ("dash_for_cash", *SCENARIOS[:1])))
    assert other.table.schema.names.count("stress_2020_03_09_2020_03_18") == 0
    assert other.table[COLUMNS[0]].equals(batch.table[COLUMNS[0]])
    assert other.table["stress_dash_for_cash"].null_count == 0
    assert len(set((folder / "out" / "stress").iterdir()) - set(parts)) == 1
    assert other.resumed == 3


def test_a_damaged_part_is_carried_out_again(folder: Path, small: Path, batch: Batch) -> None:
    """A part whose bytes have changed is gone, said, and made again."""
    carried(study(folder, small, SCENARIOS, COLUMNS[0]))
    for part in (folder / "out" / "stress").iterdir():
        part.write_bytes(part.read_bytes()[:-1])
    again = carried(study(folder, small, SCENARIOS, COLUMNS[0]))
    assert again.table.equals(batch.table)
    assert again.damaged


def test_costs_of_a_grid_are_paid_in_a_scenario(tmp_path: Path, small: Path) -> None:
    """A setting of the run that a grid varies holds on the path too."""
    path = study(tmp_path, small, SCENARIOS[:1], more="trade_bps = [0, 400]\n")
    plan = plan_study(path)
    worker = WorkerState(plan.market, plan.library, plan.settings, plan.scenario_markets)
    totals = run_jobs_in_scenario(plan.jobs, worker, column=COLUMNS[0])[0]["total"].to_pylist()
    assert all(free > dear for free, dear in zip(totals[::2], totals[1::2], strict=True))


def test_a_strategy_that_fails_in_a_scenario_is_said(tmp_path: Path, small: Path) -> None:
    """It is null there, and a line says of how many jobs and why; its row of the history stands."""
    (tmp_path / "fragile.py").write_text(
        '"""Break when VIX is over 100. Hypothesis: a test. Fails when: then. Source: none."""\n\n\n'
        'def weights(stocks):\n    """Stocks, while they hold."""\n'
        '    if len(stocks) > 600:\n        raise ZeroDivisionError("by nothing")\n    return {"stocks": 0.5}\n',
        encoding="utf-8",
    )
    path = study(tmp_path, small, ("stagflation_slow",), more='[[grid]]\nrecipe = "fragile"\n')
    path.write_text(
        path.read_text(encoding="utf-8").replace("rank_by", 'plugins = ["fragile.py"]\nrank_by', 1), "utf-8"
    )
    batch = run_batch(
        path, tmp_path / "out", workers=1, limits=TaskLimits(60, 4000), progress=lambda done, total, errors=(): None
    )
    assert batch.failed == 0
    assert batch.table["stress_stagflation_slow"].null_count == 1
    [line] = batch.failed_scenarios
    assert line.startswith("Slow stagflation: 1 job failed there; ")
    assert "by nothing" in line


def test_a_column_of_no_scenario_is_refused(tmp_path: Path, small: Path) -> None:
    """Ranking by a scenario that the study does not name is refused with the nearest column that it has."""
    with pytest.raises(StudyError, match=r"\[rank_by\] no column 'stress_capital_wars'; did you mean 'stress_capital"):
        plan_study(study(tmp_path, small, SCENARIOS, "stress_capital_wars"))


def test_two_scenarios_of_one_column_are_refused(tmp_path: Path, small: Path) -> None:
    """Two files whose names make the same column would hide each other."""
    text = 'title = "a"\nabout = "b"\nsource = "c"\ncalibrated_on = "d"\ndiffers = "e"\n'
    text += "[[shock]]\nrole = 'stocks'\npercent = -10\n"
    for name in ("my war.toml", "my-war.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match="two scenarios would make the column 'stress_my_war'"):
        plan_study(study(tmp_path, small, ("my war.toml", "my-war.toml")))


def test_all_leaves_out_what_cannot_happen(tmp_path: Path, small: Path) -> None:
    """Of `all` a scenario that the history cannot have is left out and said; the others are columns."""
    plan = plan_study(study(tmp_path, small, ("all",)))
    assert len(plan.scenario_markets) + len(plan.left_out) == 11
    assert len(plan.scenario_markets) >= 8
    assert scenario_column("2022 Again!") == "stress_2022_again_"


def test_a_forecast_counts_scenarios(folder: Path, small: Path, batch: Batch, tmp_path: Path) -> None:
    """Before anything is done each job counts once for each scenario, and takes time there; after it nothing is left,
    and of a scenario that is new all of it."""
    path = study(folder, small, SCENARIOS, COLUMNS[0])
    limits = TaskLimits(60, 4000)
    new = forecast(path, tmp_path / "new", workers=1, limits=limits)
    assert (new.jobs, new.done, new.returns, new.returns_done) == (3, 0, 6, 0)
    carried(path)
    done = forecast(path, folder / "out", workers=1, limits=limits)
    assert (done.done, done.returns, done.returns_done, done.seconds) == (3, 6, 6, None)
    more = forecast(study(folder, small, (*SCENARIOS, "default_scare")), folder / "out", workers=1, limits=limits)
    assert (more.done, more.returns, more.returns_done) == (3, 9, 6)
    assert more.seconds is not None, "what is left of it is timed"
