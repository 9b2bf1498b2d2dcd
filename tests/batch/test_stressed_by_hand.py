"""What jobs return on the path of a scenario, by hand."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pytest

from backtester.batch import stressed
from backtester.batch.jobs import Job, WorkerState
from backtester.batch.scenario_markets import ScenarioMarket
from backtester.batch.store import Store
from backtester.batch.stressed import RETURNS, ScenarioReturns, failed_scenario_rows, run_jobs_in_scenario, stress_jobs
from backtester.batch.workers import AnswerTasks
from backtester.errors import PluginError

JOBS = cast(
    "list[Job]",
    [SimpleNamespace(key=key, recipe=key, settings=SimpleNamespace(execution=None)) for key in "abcd"],
)


def test_returns_are_from_the_last_session_before_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a path of two sessions from the third last value on; null from ruin on; an error is that job's alone."""
    values = [[5.0, 10.0, 12.0, 15.0], [5.0, 0.5, 1.0, 0.0], [5.0, 0.0, 0.0, 0.0]]
    runs: list[Any] = [SimpleNamespace(accounts=SimpleNamespace(nav=pd.Series(one))) for one in values]
    monkeypatch.setattr(stressed, "parse_recipe", lambda text, library, known: text)
    monkeypatch.setattr(stressed, "evaluate_many", lambda asked, market: [*runs, PluginError("it broke")])
    worker = SimpleNamespace(scenario_markets={"stress_a": SimpleNamespace(market=None, sessions=2)}, library=None)
    table, seconds = run_jobs_in_scenario(JOBS, cast(WorkerState, worker), column="stress_a")
    assert table.schema == RETURNS
    assert table.to_pydict() == {
        "key": [*"abcd"], "error": [None, None, None, "it broke"], "total": [0.5, -1.0, None, None],
    }  # fmt: skip
    assert 0 <= seconds < 10


def test_jobs_that_are_lost_have_the_error() -> None:
    """Each of them, and no return."""
    assert failed_scenario_rows(JOBS[:2], "no memory").to_pydict() == {
        "key": ["a", "b"], "error": ["no memory"] * 2, "total": [None, None],
    }  # fmt: skip


class Answers:
    """A store in a folder that knows one return."""

    def __init__(self, folder: Path) -> None:
        """Nothing is damaged."""
        self.folder, self.damaged = folder, list[str]()


@pytest.mark.parametrize(
    ("errors", "said"), [(["no"], "1 job failed there; no"), (["no", "yes"], "2 jobs failed there; no")]
)
def test_returns_are_read_or_made_and_kept(
    errors: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that the folder has are not made again; the others are kept there, and failures are said once."""
    counted: list[tuple[int, list[str]]] = []
    asked: list[list[str]] = []

    def rows_of(todo: list[Job], *given: object) -> Iterator[pa.Table]:
        asked.append([job.key for job in todo])
        count = len(todo)
        failed = [*errors, *[None] * (count - len(errors))]
        yield pa.table([asked[-1], failed, [None if one else 0.5 for one in failed]], schema=RETURNS)

    monkeypatch.setattr(stressed, "rows_of", rows_of)
    monkeypatch.setattr(stressed, "return_keys", lambda world, jobs: {job.key: f"{job.key} there" for job in jobs})
    store = cast(Store, Answers(tmp_path))
    stressed._add(tmp_path / "stress", {"b": "b there"}, [pa.table([["b"], [None], [0.25]], schema=RETURNS)])
    worlds = {"stress_a": cast(ScenarioMarket, SimpleNamespace(title="War"))}
    found = ScenarioReturns()

    def count_done(more: int, failed: Sequence[str] = (), /) -> None:
        counted.append((more, list(failed)))

    stress_jobs(JOBS, worlds, store, cast(AnswerTasks, None), count_done, found)
    assert asked == [["a", "c", "d"]]
    totals = dict.fromkeys("acd"[: len(errors)], None) | dict.fromkeys("acd"[len(errors) :], 0.5) | {"b": 0.25}
    assert found.totals == {"stress_a": totals}
    assert found.failures == [f"War: {said}"]
    assert counted == [(1, []), (3, errors)]
    kept = stressed.stored_returns(store)
    assert set(kept) >= {"b there", *(f"{key} there" for key in "acd"[len(errors) :])}
    stress_jobs(JOBS, {}, store, cast(AnswerTasks, None), count_done, ScenarioReturns())
    assert len(counted) == 2, "without a scenario there is nothing to do"
