"""The returns of a study's jobs in its scenarios, a column a scenario.

Rows and keys of jobs do not hang on scenarios. A return lies beside them, in a part of its own, under a key made of the
job's and of the figures that the scenario makes of all that the job reads: naming another scenario, or changing one,
carries out that one alone.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from backtester.batch.jobs import Bench, Job
from backtester.batch.store import Store, read_parts, write_part
from backtester.batch.tasks import kept, rows_of
from backtester.batch.workers import AnswerTasks
from backtester.batch.worlds import World
from backtester.engine.evaluate import evaluate_many
from backtester.errors import BacktesterError
from backtester.files import sha256
from backtester.plugins.recipes import Step, parse_recipe

STRESS_FOLDER = "stress"
RETURNS = pa.schema([("key", pa.string()), ("error", pa.string()), ("total", pa.float64())])


class CountDone(Protocol):
    """A function that is called when jobs are done."""

    def __call__(self, more: int, errors: Sequence[str] = (), /) -> None:
        """Take how many more are done, and the errors of those that failed."""


@dataclass(frozen=True)
class ScenarioReturns:
    """The returns of jobs in scenarios by column and key of the job, None where it has none; and a line for each
    scenario in which jobs failed."""

    totals: dict[str, dict[str, float | None]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def live_jobs(jobs: Sequence[Job], bench: Bench, *, column: str) -> tuple[pa.Table, float]:
    """The returns of jobs by key on the path of a scenario, fractions, null if ruined; and the seconds it took.
    One whose strategy fails there is a row with its error."""
    began, world, known = time.monotonic(), bench.worlds[column], dict[str, Step]()
    asked = [(parse_recipe(job.recipe, bench.library, known=known), job.settings.execution) for job in jobs]
    errors, totals = list[str | None](), list[float | None]()
    for run in evaluate_many(asked, world.market):
        if isinstance(run, BacktesterError):
            errors.append("; ".join(run.lines()))
            totals.append(None)
        else:
            before, last = run.accounts.nav.iloc[[-world.sessions - 1, -1]].tolist()
            errors.append(None)
            totals.append(last / before - 1 if before > 0 else None)
    return pa.table([[job.key for job in jobs], errors, totals], schema=RETURNS), time.monotonic() - began


def lost_jobs(jobs: Sequence[Job], error: str) -> pa.Table:
    """The rows of jobs that failed in a scenario."""
    return pa.table([[job.key for job in jobs], [error] * len(jobs), [None] * len(jobs)], schema=RETURNS)


def stress_jobs(
    jobs: Sequence[Job],
    worlds: Mapping[str, World],
    store: Store,
    answers: AnswerTasks,
    count_done: CountDone,
    returns: ScenarioReturns,
) -> None:
    """Add the jobs' returns in each world to `returns`, as each is found.

    Returns of jobs that were carried out before are read from the store's folder; new ones are written there.
    `count_done` is called with the number of jobs just done, and their errors.
    """
    folder = store.folder / STRESS_FOLDER
    if not worlds:
        return
    known = known_totals(store)
    for column, world in worlds.items():
        keys = keys_in(world, jobs)
        own = returns.totals[column] = {job.key: known[keys[job.key]] for job in jobs if keys[job.key] in known}
        count_done(len(own))
        errors: list[str] = []
        with kept(partial(_add, folder, keys)) as keep:
            todo = [job for job in jobs if job.key not in own]
            for rows in rows_of(todo, answers, partial(live_jobs, column=column), lost_jobs):
                keep(rows)
                own |= dict(zip(rows["key"].to_pylist(), rows["total"].to_pylist(), strict=True))
                errors += (since := rows["error"].drop_null().to_pylist())
                count_done(len(rows), since)
        if errors:
            many = "1 job" if len(errors) == 1 else f"{len(errors):,} jobs"
            returns.failures.append(f"{world.title}: {many} failed there; {errors[0]}")


def known_totals(store: Store) -> dict[str, float | None]:
    """The stored returns by key of a job in a world; damaged parts are added to the store's."""
    there, damaged, _ = read_parts(store.folder / STRESS_FOLDER, RETURNS)
    store.damaged.extend(damaged)
    return dict(zip(there["key"].to_pylist(), there["total"].to_pylist(), strict=True))


def keys_in(world: World, jobs: Sequence[Job]) -> dict[str, str]:
    """The key of each job's return in a world, by the key of the job."""
    hashes = {roles: world.market.hash_of(roles) for roles in {job.roles for job in jobs}}
    return {job.key: sha256(f"{job.key}\0{hashes[job.roles]}\0{world.sessions}".encode()) for job in jobs}


def _add(folder: Path, keys: Mapping[str, str], rows: Sequence[pa.Table]) -> None:
    """Keep rows under their keys in a world."""
    table = pa.concat_tables([RETURNS.empty_table(), *rows])
    own = pa.array([keys[key] for key in table["key"].to_pylist()], pa.string())
    write_part(folder, table.set_column(0, RETURNS.field("key"), own))
