"""Worker processes: what is killed while it has nothing in hand loses nothing."""

import multiprocessing
import os
import signal
from pathlib import Path

from backtester.batch.jobs import WorkerState
from backtester.batch.workers import TaskLimits, WorkerData, open_workers
from backtester.runs.needed_roles import needed_market
from backtester.runs.settings import RunSettings


def doubled(task: int, _: WorkerState) -> int:
    """Twice the task."""
    return 2 * task


def test_a_process_killed_while_idle_is_replaced(small: Path) -> None:
    """The only process is killed between two tasks, twice: every task has its answer, for pools that are given up are
    replaced."""
    settings = RunSettings(data=small, history="small")
    tasks, answered = iter([1, 2, 3, 4]), []
    with open_workers(WorkerData(needed_market(settings, []), settings, ()), 1, TaskLimits(60, 4000)) as answers:
        ready = [True]

        def one_at_a_time() -> int | None:
            return next(tasks, None) if ready and ready.pop() else None

        for task, answer in answers(doubled, one_at_a_time):
            answered.append((task, answer))
            if task < 3:
                [idle] = multiprocessing.active_children()
                os.kill(idle.pid or 0, signal.SIGKILL)
                idle.join()
            ready.append(True)
    assert answered == [(1, 2), (2, 4), (3, 6), (4, 8)]
