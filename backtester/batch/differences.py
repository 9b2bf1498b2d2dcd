"""The differences between two studies: in settings, in which jobs they have, and in the results of jobs of both.

A job is a recipe with its settings, and has a row in its study's table of results.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.stats import rankdata

from backtester.arrays import Array
from backtester.batch.grid import SWEEPABLE_SETTINGS
from backtester.batch.manifest import StudyFolder
from backtester.batch.page.columns import figure_column
from backtester.batch.page.grid_map import SETTING_PREFIX
from backtester.batch.ranking import figure_sign, ranked_rows
from backtester.errors import DataError
from backtester.runs.differences import DifferingValue, differing_values, flattened

SAME_FIGURE = 1e-12  # figures that differ by no more than rounding are the same
FIGURES_SHOWN = (
    "beyond_mix_payoff_mean",
    "growth_annual_over_mix_total",
    "mean_loss_strategy",
    "max_drawdown",
    "cagr",
    "sharpe",
    "turnover_annual",
)


@dataclass(frozen=True)
class FigureChange:
    """The changes of a figure from the first study to the second: the number of jobs in which it changed, the mean
    change over all jobs of both, the largest change, and the name of the job with it."""

    column: str
    jobs: int
    mean: float
    largest: float
    largest_of: str


@dataclass(frozen=True)
class BestJob:
    """The best job of study 0 or 1: its figure there, and its figure and place in the ranking of the other study, None
    if it is not there or has no finite figure there."""

    study: int
    name: str
    figure: float
    elsewhere: float | None
    place_elsewhere: int | None


@dataclass(frozen=True)
class StudyDifferences:
    """The differences between two studies.

    `settings` are what differs in the manifests; `both`, `first` and `second` count the jobs in both, in the first
    alone and in the second alone. `moved` are the figures that changed in jobs of both. `rank_correlation` is
    Spearman's, of the column that ranks the first study, over the jobs of both; None with fewer than three, or if
    the figure is the same for all of them. `best` has the best job of each study.
    """

    settings: tuple[DifferingValue, ...]
    rank_by: str
    both: int
    first: int
    second: int
    moved: tuple[FigureChange, ...]
    rank_correlation: float | None
    best: tuple[BestJob, ...]


JobIdentity = tuple[object, ...]  # what makes jobs of two studies the same: recipe and settings of the run


def study_differences(first: StudyFolder, second: StudyFolder) -> StudyDifferences:
    """The differences between two studies, by the column that ranks the first.

    A job is in both if they have its recipe and, where a grid varies settings of the run, with the same values. Raise
    DataError if the first study's table lacks the column.
    """
    manifests = [dict(flattened(folder.manifest)) for folder in (first, second)]
    rank_by = str(first.manifest["study"]["rank_by"])
    swept = _swept_columns(first, second)
    rows = _rows_by_identity(first.table, swept), _rows_by_identity(second.table, swept)
    in_both = [job for job in rows[0] if job in rows[1]]
    if rank_by not in first.table.column_names:
        raise DataError(f"{first.path} has no column {rank_by!r}; carry the study out again with batch")
    shared = (
        first.table.take(pa.array([rows[0][job] for job in in_both], pa.int64())),
        second.table.take(pa.array([rows[1][job] for job in in_both], pa.int64())),
    )
    return StudyDifferences(
        settings=tuple(differing_values(manifests)),
        rank_by=rank_by,
        both=len(in_both),
        first=len(rows[0]) - len(in_both),
        second=len(rows[1]) - len(in_both),
        moved=tuple(_figure_changes(*shared)),
        rank_correlation=_spearman(*(figure_column(table, rank_by) for table in shared)),
        best=tuple(_best_jobs((first.table, second.table), rows, rank_by)),
    )


def _swept_columns(*folders: StudyFolder) -> list[str]:
    """The columns of settings of the run that a grid of either study varies."""
    columns = [f"{SETTING_PREFIX}{name}" for name in SWEEPABLE_SETTINGS]
    return [column for column in columns if any(column in folder.table.column_names for folder in folders)]


def _rows_by_identity(table: pa.Table, swept: Sequence[str]) -> dict[JobIdentity, int]:
    """The row of each job; a setting of the run that the study does not vary is None."""
    columns = [table["recipe"].to_pylist()]
    columns += [table[name].to_pylist() if name in table.column_names else [None] * len(table) for name in swept]
    return {identity: row for row, identity in enumerate(zip(*columns, strict=True))}


def _figure_changes(first: pa.Table, second: pa.Table) -> list[FigureChange]:
    """The changes of the figures that are shown, from the rows of jobs in the first study to those in the second."""
    found = []
    for column in FIGURES_SHOWN:
        change = figure_column(second, column) - figure_column(first, column)
        changed = np.flatnonzero(np.isfinite(change) & (np.abs(change) > SAME_FIGURE))
        if len(changed):
            largest = int(changed[np.abs(change[changed]).argmax()])
            job, mean = str(first["name"][largest]), float(np.nanmean(change))
            found.append(
                FigureChange(
                    column=column, jobs=len(changed), mean=mean, largest=float(change[largest]), largest_of=job
                )
            )
    return found


def _spearman(first: Array, second: Array) -> float | None:
    """Spearman's rank correlation over jobs with both figures; None with fewer than three, or if one is constant."""
    known = np.isfinite(first) & np.isfinite(second)
    if known.sum() < 3:
        return None
    ranks = rankdata(first[known]), rankdata(second[known])
    if not (ranks[0].std() and ranks[1].std()):
        return None
    return float(np.corrcoef(*ranks)[0, 1])


def _best_jobs(
    tables: tuple[pa.Table, pa.Table], rows: tuple[dict[JobIdentity, int], dict[JobIdentity, int]], rank_by: str
) -> list[BestJob]:
    """The best job of each study that has one."""
    best_jobs = []
    for study, table in enumerate(tables):
        ranked = ranked_rows(table, rank_by)
        if not ranked:
            continue
        best = ranked[0]
        job = next(job for job, row in rows[study].items() if row == best)
        row_elsewhere = rows[1 - study].get(job)
        elsewhere = place = None
        if row_elsewhere is not None:
            merits = figure_sign(rank_by) * figure_column(tables[1 - study], rank_by)
            merit = merits[row_elsewhere]
            if np.isfinite(merit):
                elsewhere, place = float(figure_sign(rank_by) * merit), int((merits > merit).sum()) + 1
        figure = float(figure_column(table, rank_by)[best])
        name = str(table["name"][best])
        best_jobs.append(BestJob(study=study, name=name, figure=figure, elsewhere=elsewhere, place_elsewhere=place))
    return best_jobs
