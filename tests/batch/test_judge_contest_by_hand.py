"""Which jobs a contest is held of, when choices are made, and why nothing is resampled, by hand."""

import datetime
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from backtester.batch import judge_contest
from backtester.batch.contest import Contest
from backtester.batch.jobs import Job
from backtester.batch.judge_contest import _finite, _starts, _why_not_resampled, hold_contest
from backtester.batch.workers import Failure

NAN = float("nan")


def test_choices_are_a_year_apart_from_the_fourth_year_on() -> None:
    """None on the last session, which no return follows; a rolling one looks back on three years."""
    sessions = pd.date_range("2010-01-01", "2015-01-01")
    assert _starts(sessions) == ([1096, 1461], [0, 365, 730])
    assert _starts(sessions[:-1]) == ([1096, 1461], [0, 365])
    assert _starts(sessions[:1097]) == ([], [0])
    assert _starts(sessions[:1000]) == ([], [])


@pytest.mark.parametrize(
    ("column", "windows", "merit", "why"),
    [
        ("beyond_mix_payoff_mean", (20, 9), [1.0], "there are 9 joint sell-offs, and resamples of fewer than 10 say"),
        ("beyond_mix_payoff_mean", (20, 10), [NAN, 1.0], ""),
        ("sharpe", (0,), [1.0], ""),
        ("sharpe", (20,), [NAN, -np.inf], "no job has a sharpe"),
    ],
)
def test_why_nothing_is_resampled(column: str, windows: tuple[int, ...], merit: list[float], why: str) -> None:
    """Ten joint sell-offs in each period are asked for where a figure is of them, and one job that has it."""
    periods = [SimpleNamespace(windows=SimpleNamespace(joint=[()] * count)) for count in windows]
    found = _why_not_resampled(cast(Contest, SimpleNamespace(column=column, periods=periods)), np.array(merit))
    assert found is None if not why else str(found).startswith(why)


def test_what_is_not_finite_is_unknown() -> None:
    """Neither NaN nor infinite."""
    assert [_finite(value) for value in (0.5, NAN, np.inf)] == [0.5, None, None]


def job(place: int) -> Job:
    """The job of a place: the odd ones have other settings."""
    return cast(Job, SimpleNamespace(key=f"k{place}", settings_text="odd" if place % 2 else "even"))


@pytest.mark.parametrize("is_left", [True, False])
def test_jobs_are_tracked_by_their_settings(monkeypatch: pytest.MonkeyPatch, is_left: bool) -> None:
    """Eight a task at most, from the latest start of those chosen on; in their order, however the answers come, without
    those that failed. The first cluster is made round the best."""
    jobs, came = [job(place) for place in range(20)], list[Any]()
    starts = [datetime.date(2010, 1, 1 + place) for place in range(20)]
    table = pa.table({"cagr": [None, *np.linspace(0.1, 0.2, 18), 0.15], "start": starts})
    asked: list[tuple[tuple[Job, ...], datetime.date]] = []
    first: list[int] = []
    made = judge_contest.make_clusters

    def clusters(returns: Any, best: int, *, at_most: int) -> Any:
        first.append(best)
        return made(returns, best, at_most=at_most)

    def answers(function: object, next_task: Callable[[], Any]) -> Iterator[tuple[Any, Any]]:
        while (task := next_task()) is not None:
            asked.append(task)
        for place, task in enumerate(reversed(asked)):
            yield task, Failure("broke") if place == 1 else SimpleNamespace(jobs=task[0])

    def contest(column: str, found: Any, market: object, date: datetime.date) -> Contest:
        came.extend(found)
        assert (column, date) == ("cagr", starts[-1])
        return Contest(column, tuple(jobs[:1] if is_left else ()), (), ())

    monkeypatch.setattr(judge_contest, "make_clusters", clusters)
    monkeypatch.setattr(judge_contest, "make_contest", contest)
    excess = np.random.default_rng(1).normal(size=(20, 60))
    held = hold_contest(jobs, table, excess, "cagr", cast(Any, None), cast(Any, answers))
    assert first == [18]
    assert [[one.key for one in task] for task, _ in asked] == [
        [f"k{place}" for place in places]
        for places in (range(0, 16, 2), range(16, 20, 2), range(1, 17, 2), range(17, 20, 2))
    ]
    assert [one.jobs[0].key for one in came] == ["k0", "k16", "k17"]
    assert (held is None) is not is_left
    if held is not None:
        assert (held.of, held.closeness) == (20, pytest.approx(1.0))
