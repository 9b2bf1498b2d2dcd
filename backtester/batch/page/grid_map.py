"""Where each job stands in its study's grid, and what its neighbours have: a step away in one setting."""

import itertools
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
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
LITERAL = re.compile(rf"{QUOTED_TEXT.pattern}|(?<![\w.])(?:-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|True|False)(?![\w.])")


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
        """By job the jobs of its form that differ by one step of one number, among the values of that form."""
        places = self.places.copy()
        if RECIPE_FORM in self.names:
            forms = self.places[self.names.index(RECIPE_FORM)]
            for own in (forms == form for form in np.unique(forms)):
                for name, row in zip(self.names, places, strict=True):
                    row[own] = row[own] if name == RECIPE_FORM else np.unique(row[own], return_inverse=True)[1]
        where = {tuple(column): job for job, column in enumerate(places.T.tolist())}
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
            for place in map(tuple, places.T.tolist())
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
    columns = {RECIPE_FORM: recipe_forms(table["name"].to_pylist(), columns)} | columns
    values = {name: tuple(sorted({one for one in own if one is not None}, key=_order)) for name, own in columns.items()}
    values = {name: own for name, own in values.items() if len(own) > 1}
    places = [
        [values[name].index(one) if one is not None else len(values[name]) for one in columns[name]] for name in values
    ]
    return GridMap(values, np.array(places, np.int64).reshape(len(values), len(table)))


def recipe_forms(names: Sequence[str], columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """What each recipe is without the settings that the grid varies, whose `columns` have a value a job or None: the
    bare recipe, or where recipes differ in what is fixed too, the recipe with dots in the place of what varies."""
    alike: dict[str, list[int]] = defaultdict(list)
    for job, name in enumerate(names):
        alike[LITERAL.sub("…", name)].append(job)
    forms = list(names)
    for jobs in alike.values():
        literals = {job: LITERAL.findall(names[job]) for job in jobs}
        known = {name: [job for job in jobs if own[job] is not None] for name, own in columns.items()}
        follows = {  # by place of a literal the jobs in which a setting stands there
            (place, job)
            for name, own in columns.items()
            for place in range(len(literals[jobs[0]]))
            if all(_spells(literals[job][place], own[job]) for job in known[name])
            for job in known[name]
        }
        for job in jobs:
            shown = ["…" if (place, job) in follows else one for place, one in enumerate(literals[job])]
            between = LITERAL.split(names[job])
            forms[job] = "".join(itertools.chain(*zip(between, [*shown, ""], strict=True)))
    bare = [without_settings(name) for name in names]
    return forms if len({*forms}) > len({*bare}) else bare


def _spells(literal: str, value: GridValue) -> bool:
    """Whether a literal of a recipe stands for a value."""
    if isinstance(value, str):
        return literal[:1] in "'\"" and literal[1:-1] == value
    if isinstance(value, bool) or literal[:1] in "'\"TF":
        return literal == str(value)
    return float(literal) == value


def without_settings(name: str) -> str:
    """A recipe without its settings: `sixty_forty + vol_target`."""
    bare = QUOTED_TEXT.sub("", name)
    while (shorter := BRACKETS.sub("", bare)) != bare:
        bare = shorter
    return bare


def _order(value: GridValue) -> tuple[bool, float | str]:
    is_text = isinstance(value, str)
    return is_text, value
