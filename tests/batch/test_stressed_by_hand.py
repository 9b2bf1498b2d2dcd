"""What jobs return on the path of a scenario, by hand."""

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from backtester.batch import stressed
from backtester.batch.jobs import Job, WorkerState
from backtester.batch.stressed import RETURNS, failed_scenario_rows, run_jobs_in_scenario
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
