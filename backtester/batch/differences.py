"""The differences between studies: in settings, in their jobs, and in the results of jobs of both."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.stats import rankdata

from backtester.arrays import Array
from backtester.batch.grid import SWEPT
from backtester.batch.manifest import StudyFolder
from backtester.batch.page.columns import figure_of
from backtester.batch.page.grid_map import SETTING_PREFIX
from backtester.batch.ranking import places_in_order, sign_of
from backtester.errors import DataError
from backtester.runs.differences import DifferingValue, differing_values, flattened

SAME_FIGURE = 1e-12
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
class Moved:
    """The change of a figure over the jobs of both studies: in how many of them, by how much in the mean, and the
    largest change, with its job."""

    column: str
    jobs: int
    mean: float
    largest: float
    largest_of: str


@dataclass(frozen=True)
class Best:
    """The best job of one study: its figure there, and its figure and place in the other, None where it has none."""

    study: int
    name: str
    figure: float
    elsewhere: float | None
    place_elsewhere: int | None


@dataclass(frozen=True)
class StudyDifferences:
    """The differences between two studies. `both`, `first` and `second` count the jobs of both and of one alone;
    `rank_correlation` is Spearman's of the first's column over the jobs of both, None with fewer than three."""

    settings: tuple[DifferingValue, ...]
    rank_by: str
    both: int
    first: int
    second: int
    moved: tuple[Moved, ...]
    rank_correlation: float | None
    best: tuple[Best, ...]


def study_differences(one: StudyFolder, other: StudyFolder) -> StudyDifferences:
    """The differences of two studies by the first's column; a job of both has one recipe and, where grids vary
    settings of the run, one value of each. Raise DataError where the two have no job with a figure in common."""
    asked = [dict(flattened(folder.manifest)) for folder in (one, other)]
    rank_by = str(one.manifest["study"]["rank_by"])
    mine, theirs = (_places(folder.table, _swept(one, other)) for folder in (one, other))
    shared = [job for job in mine if job in theirs]
    if rank_by not in one.table.column_names:
        raise DataError(f"{one.path} has no column {rank_by!r}; carry the study out again with batch")
    tables = (
        one.table.take(pa.array([mine[job] for job in shared], pa.int64())),
        other.table.take(pa.array([theirs[job] for job in shared], pa.int64())),
    )
    before, after = (figure_of(table, rank_by) for table in tables)
    return StudyDifferences(
        settings=tuple(differing_values(asked)),
        rank_by=rank_by,
        both=len(shared),
        first=len(mine) - len(shared),
        second=len(theirs) - len(shared),
        moved=tuple(_moved(tables)),
        rank_correlation=_spearman(before, after),
        best=tuple(_best((one.table, other.table), (mine, theirs), rank_by)),
    )


def _swept(*folders: StudyFolder) -> list[str]:
    """The columns of settings of the run that a grid of either varies."""
    named = [f"{SETTING_PREFIX}{name}" for name in SWEPT]
    return [name for name in named if any(name in folder.table.column_names for folder in folders)]


Name = tuple[object, ...]


def _places(table: pa.Table, swept: Sequence[str]) -> dict[Name, int]:
    """The row of each job by what it is in any study."""
    columns = [table["recipe"].to_pylist()]
    columns += [table[name].to_pylist() if name in table.column_names else [None] * len(table) for name in swept]
    return {name: place for place, name in enumerate(zip(*columns, strict=True))}


def _moved(tables: tuple[pa.Table, pa.Table]) -> list[Moved]:
    found = []
    for column in FIGURES_SHOWN:
        change = figure_of(tables[1], column) - figure_of(tables[0], column)
        known = np.flatnonzero(np.isfinite(change) & (np.abs(change) > SAME_FIGURE))
        if len(known):
            largest = int(known[np.abs(change[known]).argmax()])
            mean = float(np.nanmean(change))
            found.append(Moved(column, len(known), mean, float(change[largest]), str(tables[0]["name"][largest])))
    return found


def _spearman(before: Array, after: Array) -> float | None:
    """Spearman's rank correlation of the jobs with both figures."""
    known = np.isfinite(before) & np.isfinite(after)
    if known.sum() < 3:
        return None
    ranks = rankdata(before[known]), rankdata(after[known])
    if not (ranks[0].std() and ranks[1].std()):
        return None
    return float(np.corrcoef(*ranks)[0, 1])


def _best(
    tables: tuple[pa.Table, pa.Table], places: tuple[dict[Name, int], dict[Name, int]], rank_by: str
) -> list[Best]:
    found = []
    for study, table in enumerate(tables):
        order = places_in_order(table, rank_by)
        if not order:
            continue
        job = next(job for job, place in places[study].items() if place == order[0])
        figure, there = float(figure_of(table, rank_by)[order[0]]), places[1 - study].get(job)
        elsewhere = place = None
        if there is not None:
            values = sign_of(rank_by) * figure_of(tables[1 - study], rank_by)
            if np.isfinite(values[there]):
                elsewhere, place = float(sign_of(rank_by) * values[there]), int((values > values[there]).sum()) + 1
        found.append(Best(study, str(table["name"][order[0]]), figure, elsewhere, place))
    return found
