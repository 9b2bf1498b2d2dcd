"""The returns of a study's jobs in its scenarios: a column of the table of results for each scenario.

A role is the name under which a history has a series, such as `stocks`. A job's key and row do not depend on scenarios.
Its return in a scenario is stored in a file of its own, under a key made of the job's key and the figures that the
scenario gives to all roles that the job reads. So if a scenario is added or changed, only its own returns are computed.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from backtester.batch.jobs import Job, WorkerState
from backtester.batch.scenario_markets import ScenarioMarket
from backtester.batch.store import Store, read_parts, write_part
from backtester.batch.tasks import buffered_rows, rows_of
from backtester.batch.workers import AnswerTasks
from backtester.engine.evaluate import evaluate_many
from backtester.errors import BacktesterError
from backtester.files import sha256
from backtester.plugins.recipes import Step, parse_recipe

STRESS_FOLDER = "stress"
RETURNS = pa.schema([("key", pa.string()), ("error", pa.string()), ("total", pa.float64())])


class CountDone(Protocol):
    """A function that is called when jobs are done."""

    def __call__(self, more: int, errors: Sequence[str] = (), /) -> None:
        """Count `more` jobs as done, and report the errors of those that failed."""


@dataclass(frozen=True)
class ScenarioReturns:
    """The `totals` by column and job key: returns as fractions, None where the job was ruined or failed; and a line on
    each scenario in which jobs failed."""

    totals: dict[str, dict[str, float | None]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def run_jobs_in_scenario(jobs: Sequence[Job], worker: WorkerState, *, column: str) -> tuple[pa.Table, float]:
    """The returns of jobs on the path of a column's scenario, as `RETURNS`, and the seconds that they took.

    A return is a fraction, null if the portfolio is ruined. A job whose strategy fails has a row with its error.
    """
    start, scenario, known = time.monotonic(), worker.scenario_markets[column], dict[str, Step]()
    to_evaluate = [(parse_recipe(job.recipe, worker.library, known=known), job.settings.execution) for job in jobs]
    errors, totals = list[str | None](), list[float | None]()
    for run in evaluate_many(to_evaluate, scenario.market):
        if isinstance(run, BacktesterError):
            errors.append("; ".join(run.lines()))
            totals.append(None)
        else:
            before_path, at_end = run.accounts.nav.iloc[[-scenario.sessions - 1, -1]].tolist()
            errors.append(None)
            totals.append(at_end / before_path - 1 if before_path > 0 else None)
    return pa.table([[job.key for job in jobs], errors, totals], schema=RETURNS), time.monotonic() - start


def failed_scenario_rows(jobs: Sequence[Job], error: str) -> pa.Table:
    """The rows of jobs that failed in a scenario with that error."""
    return pa.table([[job.key for job in jobs], [error] * len(jobs), [None] * len(jobs)], schema=RETURNS)


def stress_jobs(
    jobs: Sequence[Job],
    scenario_markets: Mapping[str, ScenarioMarket],
    store: Store,
    answers: AnswerTasks,
    count_done: CountDone,
    returns: ScenarioReturns,
) -> None:
    """Add the jobs' returns in each scenario to `returns`, as each is computed.

    Returns in the store's folder are read, new ones are written there. `count_done` is called with the number of jobs
    just done, and the errors of those that failed.
    """
    folder = store.folder / STRESS_FOLDER
    if not scenario_markets:
        return
    stored = stored_returns(store)
    for column, scenario in scenario_markets.items():
        keys = return_keys(scenario, jobs)
        totals = {job.key: stored[keys[job.key]] for job in jobs if keys[job.key] in stored}
        returns.totals[column] = totals
        count_done(len(totals))
        errors: list[str] = []
        with buffered_rows(partial(_add, folder, keys)) as keep:
            todo = [job for job in jobs if job.key not in totals]
            for rows in rows_of(todo, answers, partial(run_jobs_in_scenario, column=column), failed_scenario_rows):
                keep(rows)
                totals |= dict(zip(rows["key"].to_pylist(), rows["total"].to_pylist(), strict=True))
                new_errors = rows["error"].drop_null().to_pylist()
                errors += new_errors
                count_done(len(rows), new_errors)
        if errors:
            failed = "1 job" if len(errors) == 1 else f"{len(errors):,} jobs"
            returns.failures.append(f"{scenario.title}: {failed} failed there; {errors[0]}")


def stored_returns(store: Store) -> dict[str, float | None]:
    """The returns in the store's folder by `return_keys`; the names of damaged files are added to `store.damaged`."""
    rows, damaged, _ = read_parts(store.folder / STRESS_FOLDER, RETURNS)
    store.damaged.extend(damaged)
    return dict(zip(rows["key"].to_pylist(), rows["total"].to_pylist(), strict=True))


def return_keys(scenario: ScenarioMarket, jobs: Sequence[Job]) -> dict[str, str]:
    """The key of each job's return in a scenario, by the key of the job."""
    hashes = {roles: scenario.market.hash_of(roles) for roles in {job.roles for job in jobs}}
    return {job.key: sha256(f"{job.key}\0{hashes[job.roles]}\0{scenario.sessions}".encode()) for job in jobs}


def _add(folder: Path, keys: Mapping[str, str], rows: Sequence[pa.Table]) -> None:
    """Write rows whose keys are those of jobs, under the keys of their returns."""
    table = pa.concat_tables([RETURNS.empty_table(), *rows])
    of_returns = pa.array([keys[key] for key in table["key"].to_pylist()], pa.string())
    write_part(folder, table.set_column(0, RETURNS.field("key"), of_returns))
