"""The size that a hedge needs: the value of a setting at which it cuts the loss in joint sell-offs by given shares.

Joint sell-offs are windows in which stocks and bonds both fell; a job is a recipe with its settings.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from backtester.arrays import Array, Integers
from backtester.batch.page.columns import figure_column
from backtester.batch.page.grid_map import GridMap

LOSS_CUTS = (0.10, 0.25, 0.50)  # shares of the reference's mean loss
LOSS_COLUMN, REFERENCE_LOSS_COLUMN = "mean_loss_strategy", "mean_loss_reference"


@dataclass(frozen=True)
class NeededSetting:
    """The values of one setting that cut the loss by each of `LOSS_CUTS`, None where no value of the grid does.

    `fixed` spells the other settings. `more_cuts` is whether a higher value cuts more. `largest_cut` is the largest
    that the grid reaches, as a fraction of the reference's loss, and `largest_cut_at` the value that reaches it.
    """

    setting: str
    fixed: str
    values: tuple[float | None, ...]
    more_cuts: bool
    largest_cut: float
    largest_cut_at: float


def needed_sizes(table: pa.Table, grid: GridMap, best: int) -> list[NeededSetting]:
    """The values that are needed of each setting that is a number.

    Each setting is varied alone: others that can be 0 are 0, so that other hedges are off, and the rest are as in the
    job `best`. Between two values of the grid the loss is interpolated linearly.
    """
    cuts = 1 - figure_column(table, LOSS_COLUMN) / figure_column(table, REFERENCE_LOSS_COLUMN)
    needed = []
    for row, name in enumerate(grid.names):
        if not grid.is_numeric(name):
            continue
        fixed = grid.places[:, best].copy()
        for other_row, other in enumerate(grid.names):
            if other_row != row and grid.is_numeric(other) and 0 in grid.values[other]:
                fixed[other_row] = grid.values[other].index(0)
        jobs = _varying_alone(grid, row, fixed)
        values, cut = np.array(grid.values[name], float)[grid.places[row, jobs]], cuts[jobs]
        known = np.isfinite(cut)
        if known.sum() < 2:
            continue
        fixed_text = ", ".join(
            f"{other} {grid.values[other][fixed[other_row]]}"
            for other_row, other in enumerate(grid.names)
            if other_row != row and fixed[other_row] < len(grid.values[other])
        )
        needed.append(_needed_setting(name, fixed_text, values[known], cut[known]))
    return needed


def _varying_alone(grid: GridMap, row: int, fixed: Integers) -> Integers:
    """The jobs with all settings as in `fixed` but that of the row, in the order of its values."""
    same = np.delete(grid.places, row, axis=0) == np.delete(fixed, row)[:, None]
    jobs = np.flatnonzero(same.all(axis=0) & (grid.places[row] < len(grid.values[grid.names[row]])))
    return jobs[np.argsort(grid.places[row, jobs], kind="stable")]


def _needed_setting(name: str, fixed: str, values: Array, cut: Array) -> NeededSetting:
    """The needed values of a setting, given the grid's values in order and the cut that each makes."""
    more_cuts = bool(cut[-1] >= cut[0])
    if not more_cuts:  # start from the value that cuts least
        values, cut = values[::-1], cut[::-1]
    largest = int(cut.argmax())
    needed = tuple(_first_value(values, cut, share) for share in LOSS_CUTS)
    return NeededSetting(
        setting=name,
        fixed=fixed,
        values=needed,
        more_cuts=more_cuts,
        largest_cut=float(cut[largest]),
        largest_cut_at=float(values[largest]),
    )


def _first_value(values: Array, cut: Array, share: float) -> float | None:
    """The first value at which the loss is cut by the share, interpolated linearly; None if no value reaches it."""
    reached = np.flatnonzero(cut >= share)
    if not len(reached):
        return None
    index = int(reached[0])
    if index == 0:
        return float(values[0])
    part = (share - cut[index - 1]) / (cut[index] - cut[index - 1])
    return float(values[index - 1] + part * (values[index] - values[index - 1]))
