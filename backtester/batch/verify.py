"""Verifying a study: some of its jobs are run again, and each of their figures compared with the table of results.

1. `verify_study` reads the study from its manifest; a strategy or history with another hash is refused.
2. It runs a sample of the jobs that did not fail, in the study's scenarios too, and finds the largest difference.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from backtester.batch.jobs import Job, WorkerState, run_jobs
from backtester.batch.manifest import MANIFEST_FILE, StudyFolder
from backtester.batch.rows import ROWS_SCHEMA
from backtester.batch.scenario_markets import scenario_hashes_by_column
from backtester.batch.scenario_returns import run_jobs_in_scenario
from backtester.batch.study import check_study
from backtester.batch.study_plan import StudyPlan, plan_of
from backtester.errors import DataError
from backtester.plugins.loader import load_library
from backtester.runs.settings import ReportProgress, no_report
from backtester.runs.verify import Difference, document_differences, refuse_changed_strategies

# errors first: if a job fails, that explains the figures that are missing
COMPARED = ("error", *(name for name in ROWS_SCHEMA.names if name != "error"))


@dataclass(frozen=True)
class StudyVerification:
    """The number of jobs that were run again, of how many `sound` ones in the table, which did not fail, and the
    largest difference of a figure."""

    jobs: int
    sound: int
    difference: Difference


def verify_study(
    stored: StudyFolder,
    data: Path | None = None,
    plugins: tuple[Path, ...] = (),
    *,
    sample: int = 20,
    seed: int = 1,
    report: ReportProgress = no_report,
) -> StudyVerification:
    """Run a sample of the study's jobs again; raise BacktesterError if they cannot be run as they were.

    `data` and `plugins` replace those of the manifest, whose relative paths start from the current folder. `seed` is
    that of the sample.
    """
    report("Reading the study")
    if missing := [name for name in COMPARED if name not in stored.table.column_names]:
        raise DataError(f"{stored.path} has no column {missing[0]!r}; carry the study out again with batch")
    plan = _planned(stored, data, plugins)
    jobs = {job.key: job for job in plan.jobs}
    sound = stored.table.filter(pc.is_null(stored.table["error"]))
    if not len(sound):
        raise DataError(f"{stored.path} has only jobs that failed; carry the study out again with batch")
    if unknown := [row["name"] for row in sound.select(["key", "name"]).to_pylist() if row["key"] not in jobs]:
        raise DataError(
            f"{stored.path} has {unknown[0]!r}, which is not in the study, or has another key in this version of the "
            "program; carry the study out again with batch"
        )
    chosen = np.random.default_rng(seed).choice(len(sound), min(sample, len(sound)), replace=False)
    if missing := [name for name in plan.scenario_markets if name not in sound.column_names]:
        raise DataError(f"{stored.path} has no column {missing[0]!r}; carry the study out again with batch")
    old_rows = sound.take(np.sort(chosen)).select([*COMPARED, *plan.scenario_markets])
    report(f"Carrying {len(old_rows):,} of {len(sound):,} jobs out again")
    new_rows = _run_again([jobs[key] for key in old_rows["key"].to_pylist()], plan)
    pairs = zip(old_rows.to_pylist(), new_rows.to_pylist(), strict=True)
    differences = [part for old, new in pairs for part in document_differences(old, new, f"{new['name']}:")]
    largest = max(differences, key=lambda difference: difference.size, default=Difference())
    return StudyVerification(len(old_rows), len(sound), largest)


def _run_again(jobs: list[Job], plan: StudyPlan) -> pa.Table:
    """The rows of the jobs, with a column for each of the study's scenarios."""
    worker = WorkerState(plan.market, plan.library, plan.settings, plan.scenario_markets)
    rows = run_jobs(jobs, worker).select(COMPARED)
    for column in plan.scenario_markets:
        rows = rows.append_column(column, run_jobs_in_scenario(jobs, worker, column=column)[0]["total"])
    return rows


def _planned(stored: StudyFolder, data: Path | None, plugins: tuple[Path, ...]) -> StudyPlan:
    """The study that the manifest states, with its jobs.

    Raise BacktesterError if its strategies, history or scenarios have other hashes than the manifest says.
    """
    path = stored.path / MANIFEST_FILE
    study = check_study(stored.manifest["study"], path)
    study = study.model_copy(update={"data": data or study.data, "plugins": plugins or study.plugins})
    refuse_changed_strategies(stored.manifest["plugins"], load_library(study.settings(Path()).plugins), "study")
    plan = plan_of(study, Path(), path)
    if plan.market.sha256 != stored.manifest["data"]["sha256"]:
        raise DataError(
            f"history {stored.manifest['data']['history']!r} changed since the study in {stored.path}; name the data "
            "as it was with --data, or carry the study out anew"
        )
    hashes = scenario_hashes_by_column(plan.scenario_markets)
    for column, sha256 in stored.manifest.get("scenarios", {}).items():
        if hashes.get(column) != sha256:
            raise DataError(
                f"the scenario of column {column!r} changed since the study in {stored.path}; put its file back as it "
                f"was (its SHA-256 began with {sha256[:12]}), or carry the study out anew"
            )
    return plan
