"""Whether a study's rows are what its jobs give: some of them are carried out again and compared, to the last bit."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from backtester.batch.carry_out import folder_of, plan_study
from backtester.batch.rows import SCHEMA
from backtester.batch.store import open_store
from backtester.batch.tasks import rows_of
from backtester.batch.workers import TaskLimits, open_workers
from backtester.errors import StudyError


@dataclass(frozen=True)
class ChangedFigure:
    """A figure of a job that is not what it was: as it is kept, and as it came out again."""

    name: str
    column: str
    kept: object
    again: object


@dataclass(frozen=True)
class Verified:
    """How many jobs of how many that are kept were carried out again, which parts were damaged, and what differed."""

    jobs: int
    kept: int
    damaged: list[str]
    differences: list[ChangedFigure]


def verify_study(
    path: Path, out: Path | None, *, sample: int = 20, seed: int = 1, workers: int = 1, limits: TaskLimits
) -> Verified:
    """What comes of a sample of the rows that the study in a file asks for; raise StudyError if there are none."""
    plan = plan_study(path)
    with open_store(out or folder_of(plan.study, path), plan.study.name) as store:
        places = store.places(plan.jobs)
        jobs = [job for job in plan.jobs if job.key in places]
        if not jobs:
            raise StudyError(f"{store.folder} has no rows of study {plan.study.name!r}; carry it out first")
        chosen = np.random.default_rng(seed).choice(len(jobs), min(sample, len(jobs)), replace=False)
        with open_workers(plan.parcel(), workers, limits) as answers:
            again = pa.concat_tables(rows_of([jobs[place] for place in sorted(chosen.tolist())], answers))
        kept = store.rows.take(pa.array([places[key] for key in again["key"].to_pylist()]))
    return Verified(len(again), len(jobs), store.damaged, _differences(kept, again))


def _differences(kept: pa.Table, again: pa.Table) -> list[ChangedFigure]:
    found = []
    for column in SCHEMA.names:
        if not kept[column].equals(again[column]):
            both = zip(kept["name"].to_pylist(), kept[column].to_pylist(), again[column].to_pylist(), strict=True)
            found += [ChangedFigure(name, column, old, new) for name, old, new in both if old != new]
    return found
