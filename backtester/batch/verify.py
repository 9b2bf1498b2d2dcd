"""Whether a study's rows are what its jobs give: some of them are carried out again, and held to what its table says.

1. `verify_study` understands the study again from its manifest; a strategy or history of another hash is refused.
2. It carries out a sample of the jobs that did not fail, in the study's scenarios too, and compares every figure.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from backtester.batch.carry_out import StudyPlan, plan_of
from backtester.batch.jobs import Bench, Job, run_jobs
from backtester.batch.manifest import MANIFEST_FILE, StudyFolder
from backtester.batch.rows import ROWS_SCHEMA
from backtester.batch.stressed import live_jobs
from backtester.batch.study import check_study
from backtester.batch.worlds import world_hashes
from backtester.errors import DataError
from backtester.plugins.loader import load_library
from backtester.runs.settings import ReportProgress, no_report
from backtester.runs.verify import Difference, document_differences, refuse_changed_strategies

COMPARED = (
    "error",
    *(name for name in ROWS_SCHEMA.names if name != "error"),
)  # an error says more than what it leaves out


@dataclass(frozen=True)
class Verified:
    """The number of jobs carried out again, that of jobs that did not fail, and the largest difference of a
    figure."""

    jobs: int
    of: int
    difference: Difference


def verify_study(
    stored: StudyFolder,
    data: Path | None = None,
    plugins: tuple[Path, ...] = (),
    *,
    sample: int = 20,
    seed: int = 1,
    report: ReportProgress = no_report,
) -> Verified:
    """The results of a sample of the study's jobs, run again; raise BacktesterError if they cannot be run as before.

    `data` and `plugins` stand for those of the manifest, which start from the current folder.
    """
    report("Reading the study")
    if missing := [name for name in COMPARED if name not in stored.table.column_names]:
        raise DataError(f"{stored.path} has no column {missing[0]!r}; carry the study out again with batch")
    plan = _planned(stored, data, plugins)
    jobs = {job.key: job for job in plan.jobs}
    rows = stored.table.filter(pc.is_null(stored.table["error"]))
    if not len(rows):
        raise DataError(f"{stored.path} has only jobs that failed; carry the study out again with batch")
    if unknown := [row["name"] for row in rows.select(["key", "name"]).to_pylist() if row["key"] not in jobs]:
        raise DataError(
            f"{stored.path} has {unknown[0]!r}, which is not in the study, or has another key in this version of the "
            "program; carry the study out again with batch"
        )
    chosen = np.random.default_rng(seed).choice(len(rows), min(sample, len(rows)), replace=False)
    if missing := [name for name in plan.worlds if name not in rows.column_names]:
        raise DataError(f"{stored.path} has no column {missing[0]!r}; carry the study out again with batch")
    kept = rows.take(np.sort(chosen)).select([*COMPARED, *plan.worlds])
    report(f"Carrying {len(kept):,} of {len(rows):,} jobs out again")
    again = _carried_out([jobs[key] for key in kept["key"].to_pylist()], plan)
    pairs = zip(kept.to_pylist(), again.to_pylist(), strict=True)
    found = [part for one, now in pairs for part in document_differences(one, now, f"{now['name']}:")]
    return Verified(len(kept), len(rows), max(found, key=lambda one: one.size, default=Difference()))


def _carried_out(jobs: list[Job], plan: StudyPlan) -> pa.Table:
    """The rows of the jobs, with a column for each of the study's scenarios."""
    bench = Bench(plan.market, plan.library, plan.settings, plan.worlds)
    rows = run_jobs(jobs, bench).select(COMPARED)
    for column in plan.worlds:
        rows = rows.append_column(column, live_jobs(jobs, bench, column=column)[0]["total"])
    return rows


def _planned(stored: StudyFolder, data: Path | None, plugins: tuple[Path, ...]) -> StudyPlan:
    """The study as its manifest states it; raise DataError if what it saw is not here."""
    place = stored.path / MANIFEST_FILE
    study = check_study(stored.manifest["study"], place)
    study = study.model_copy(update={"data": data or study.data, "plugins": plugins or study.plugins})
    refuse_changed_strategies(stored.manifest["plugins"], load_library(study.settings(Path()).plugins), "study")
    plan = plan_of(study, Path(), place)
    if plan.market.sha256 != stored.manifest["data"]["sha256"]:
        raise DataError(
            f"history {stored.manifest['data']['history']!r} changed since the study in {stored.path}; name the data "
            "as it was with --data, or carry the study out anew"
        )
    now = world_hashes(plan.worlds)
    for name, sha256 in stored.manifest.get("scenarios", {}).items():
        if now.get(name) != sha256:
            raise DataError(
                f"the scenario of column {name!r} changed since the study in {stored.path}; put its file back as it "
                f"was (its SHA-256 began with {sha256[:12]}), or carry the study out anew"
            )
    return plan
