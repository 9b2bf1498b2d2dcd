"""The value of each setting at which a hedge loses less in joint sell-offs than the reference by given shares."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from backtester.arrays import Array, Integers
from backtester.batch.page.columns import figure_of
from backtester.batch.page.grid_map import GridMap

LESS = (0.10, 0.25, 0.50)
LOSS_COLUMN, REFERENCE_LOSS_COLUMN = "mean_loss_strategy", "mean_loss_reference"


@dataclass(frozen=True)
class Needed:
    """What a setting must be, all others as `others` say: `at`, by the share of `LESS`, None where no value of the grid
    gets there; whether more of it lessens the loss; and the most that the grid saves, with the value that does."""

    setting: str
    others: str
    at: tuple[float | None, ...]
    more: bool
    most: float
    most_at: float


def needed_sizes(table: pa.Table, grid: GridMap, best: int) -> list[Needed]:
    """By setting that is a number what it must be. A hedge is looked at alone: other settings that can be 0 are 0, and
    what cannot is as the job `best` has it. Between two values of the grid the loss is taken as a straight line."""
    saved = 1 - figure_of(table, LOSS_COLUMN) / figure_of(table, REFERENCE_LOSS_COLUMN)
    found = []
    for row, name in enumerate(grid.names):
        if not grid.steps(name):
            continue
        base = grid.places[:, best].copy()
        for other, own in enumerate(grid.names):
            if other != row and grid.steps(own) and 0 in grid.values[own]:
                base[other] = grid.values[own].index(0)
        jobs = _along(grid, row, base)
        values, less = np.array(grid.values[name], float)[grid.places[row, jobs]], saved[jobs]
        sound = np.isfinite(less)
        if sound.sum() < 2:
            continue
        others = ", ".join(
            f"{own} {grid.values[own][base[other]]}"
            for other, own in enumerate(grid.names)
            if other != row and base[other] < len(grid.values[own])
        )
        found.append(_needed(name, others, values[sound], less[sound]))
    return found


def _along(grid: GridMap, row: int, base: Integers) -> Integers:
    """The jobs that differ from a place of the grid in one setting alone, in the order of its values."""
    same = np.delete(grid.places, row, axis=0) == np.delete(base, row)[:, None]
    jobs = np.flatnonzero(same.all(axis=0) & (grid.places[row] < len(grid.values[grid.names[row]])))
    return jobs[np.argsort(grid.places[row, jobs], kind="stable")]


def _needed(name: str, others: str, values: Array, less: Array) -> Needed:
    more = bool(less[-1] >= less[0])
    if not more:
        values, less = values[::-1], less[::-1]
    most = int(less.argmax())
    at = tuple(_first(values, less, share) for share in LESS)
    return Needed(name, others, at, more, float(less[most]), float(values[most]))


def _first(values: Array, less: Array, share: float) -> float | None:
    """The first value at which the loss is lower by the share, in a straight line from the one before."""
    reached = np.flatnonzero(less >= share)
    if not len(reached):
        return None
    place = int(reached[0])
    if place == 0:
        return float(values[0])
    part = (share - less[place - 1]) / (less[place] - less[place - 1])
    return float(values[place - 1] + part * (values[place] - values[place - 1]))
