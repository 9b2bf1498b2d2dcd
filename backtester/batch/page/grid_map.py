"""Where each job stands in its study's grid, and what its neighbours have: a step away in one setting."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from backtester.arrays import Array, Integers
from backtester.batch.grid import GridValue

SETTING_PREFIX = "setting_"
RECIPE_FORM = "recipe"  # what a recipe is without its settings: a setting of its own, where a study has several
QUOTED_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
BRACKETS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, eq=False)
class GridMap:
    """The settings of N jobs: by name the distinct values, in order, and the `places` of each job's among them (S, N),
    the place after the last where a job has none."""

    values: dict[str, tuple[GridValue, ...]]
    places: Integers

    @property
    def names(self) -> tuple[str, ...]:
        """The settings that vary."""
        return tuple(self.values)

    def steps(self, name: str) -> bool:
        """Whether the setting's values are numbers, of which each has a next one."""
        return all(isinstance(one, int | float) and not isinstance(one, bool) for one in self.values[name])

    @cached_property
    def neighbours(self) -> list[list[int]]:
        """By job the jobs that differ by one step of one number."""
        where = {tuple(column): job for job, column in enumerate(self.places.T.tolist())}
        moves = [
            tuple(step if name == own else 0 for name in self.names)
            for own in self.names
            for step in (-1, 1)
            if self.steps(own)
        ]
        return [
            [
                near
                for move in moves
                if (near := where.get(tuple(a + b for a, b in zip(place, move, strict=True)))) is not None
            ]
            for place in where
        ]

    def around(self, figure: Array) -> Array:
        """The mean of a figure (N,) among each job's neighbours; NaN without any, or where one has none."""
        means = [float(figure[near].mean()) if near else float("nan") for near in self.neighbours]
        return np.array(means)


def make_grid_map(table: pa.Table) -> GridMap:
    """The map of a table of results: every setting that takes more than one value."""
    columns: dict[str, Sequence[Any]] = {
        name.removeprefix(SETTING_PREFIX): table[name].to_pylist()
        for name in table.column_names
        if name.startswith(SETTING_PREFIX)
    }
    known = {without_settings(name): None for name in table["name"].to_pylist()}
    if len(known) > 1 and RECIPE_FORM not in columns:
        columns = {RECIPE_FORM: [without_settings(name) for name in table["name"].to_pylist()]} | columns
    values = {name: tuple(sorted({one for one in own if one is not None}, key=_order)) for name, own in columns.items()}
    values = {name: own for name, own in values.items() if len(own) > 1}
    places = [
        [values[name].index(one) if one is not None else len(values[name]) for one in columns[name]] for name in values
    ]
    return GridMap(values, np.array(places, np.int64).reshape(len(values), len(table)))


def without_settings(name: str) -> str:
    """A recipe without its settings: `sixty_forty + vol_target`."""
    bare = QUOTED_TEXT.sub("", name)
    while (shorter := BRACKETS.sub("", bare)) != bare:
        bare = shorter
    return bare


def _order(value: GridValue) -> tuple[bool, float | str]:
    is_text = isinstance(value, str)
    return is_text, value
