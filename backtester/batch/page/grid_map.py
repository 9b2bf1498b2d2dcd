"""The place of each job in its study's grid, and its neighbours: the jobs that are one step away in one setting.

A job is a recipe with its settings. The form of a recipe is what is left of it without those that the grid varies.
"""

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

SETTING_PREFIX = "setting_"  # begins the names of the columns with a grid's values
RECIPE_FORM = "recipe"  # names the form of the recipe, which is shown as a setting if a study has several forms
DOTS = "…"  # stands for a setting that varies in the form of a recipe
QUOTED_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
BRACKETS = re.compile(r"\([^()]*\)")
LITERAL = re.compile(rf"{QUOTED_TEXT.pattern}|(?<![\w.])(?:-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|True|False)(?![\w.])")


@dataclass(frozen=True, eq=False)
class GridMap:
    """The settings of N jobs.

    `values` has the distinct values of each setting, in order. `places` (S, N) has the index of each job's value among
    them; for a job without a value, the number of values.
    """

    values: dict[str, tuple[GridValue, ...]]
    places: Integers

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the settings that vary."""
        return tuple(self.values)

    def is_numeric(self, name: str) -> bool:
        """Whether all values of the setting are numbers, so that one can be a step away from another."""
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in self.values[name])

    @cached_property
    def neighbours(self) -> list[list[int]]:
        """The neighbours of each job: jobs with the same form of recipe that differ by one step of one number.

        A step leads to the next value that a job of that form has.
        """
        places = self._places_within_forms()
        job_at = {tuple(column): job for job, column in enumerate(places.T.tolist())}
        numeric_rows = [row for row, name in enumerate(self.names) if self.is_numeric(name)]
        found = []
        for place in places.T.tolist():
            next_places = [
                (*place[:row], place[row] + step, *place[row + 1 :]) for row in numeric_rows for step in (-1, 1)
            ]
            found.append([job_at[near] for near in next_places if near in job_at])
        return found

    def _places_within_forms(self) -> Integers:
        """`places`, numbered anew among the jobs of each form, so that values of other forms alone are skipped."""
        places = self.places.copy()
        if RECIPE_FORM in self.names:
            forms = self.places[self.names.index(RECIPE_FORM)]
            for has_form in (forms == form for form in np.unique(forms)):
                for name, row in zip(self.names, places, strict=True):
                    if name != RECIPE_FORM:
                        row[has_form] = np.unique(row[has_form], return_inverse=True)[1]
        return places

    def neighbours_means(self, figure: Array) -> Array:
        """The mean of a figure (N,) over each job's neighbours; NaN without neighbours, or if one has no figure."""
        return np.array([float(figure[near].mean()) if near else float("nan") for near in self.neighbours])


def make_grid_map(table: pa.Table) -> GridMap:
    """The map of a table of results, with every setting that takes more than one value."""
    columns: dict[str, Sequence[Any]] = {
        name.removeprefix(SETTING_PREFIX): table[name].to_pylist()
        for name in table.column_names
        if name.startswith(SETTING_PREFIX)
    }
    columns = {RECIPE_FORM: recipe_forms(table["name"].to_pylist(), columns)} | columns
    values: dict[str, tuple[GridValue, ...]] = {}
    for name, column in columns.items():
        distinct = tuple(sorted({value for value in column if value is not None}, key=_order))
        if len(distinct) > 1:
            values[name] = distinct
    places = [
        [len(distinct) if value is None else distinct.index(value) for value in columns[name]]
        for name, distinct in values.items()
    ]
    return GridMap(values, np.array(places, np.int64).reshape(len(values), len(table)))


def recipe_forms(names: Sequence[str], columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """The form of each job's recipe: what is left of it without the settings that the grid varies.

    `columns` has the grid's values by setting, for each job a value or None. The form is the recipe without any
    settings; if recipes also differ in settings that the grid does not vary, it is the recipe with dots in the place of
    those that it varies.
    """
    # Recipes that are alike but for their literals (numbers, texts, True and False) were made from one line of a grid.
    alike: dict[str, list[int]] = defaultdict(list)
    for job, name in enumerate(names):
        alike[LITERAL.sub(DOTS, name)].append(job)
    forms = list(names)
    for jobs in alike.values():
        literals = {job: LITERAL.findall(names[job]) for job in jobs}
        varied = _varied_literals(literals, columns)
        for job in jobs:
            shown = [DOTS if (place, job) in varied else literal for place, literal in enumerate(literals[job])]
            between = LITERAL.split(names[job])
            forms[job] = "".join(itertools.chain(*zip(between, [*shown, ""], strict=True)))
    bare = [without_settings(name) for name in names]
    return forms if len({*forms}) > len({*bare}) else bare


def _varied_literals(literals: Mapping[int, list[str]], columns: Mapping[str, Sequence[Any]]) -> set[tuple[int, int]]:
    """The literals of some jobs' recipes, as index in the recipe and job, that are values of the grid.

    A setting stands at an index if the literal there spells the setting's value in every job that has one.
    """
    varied = set[tuple[int, int]]()
    count = len(next(iter(literals.values())))
    for column in columns.values():
        with_value = [job for job in literals if column[job] is not None]
        for index in range(count):
            if all(_spells(literals[job][index], column[job]) for job in with_value):
                varied |= {(index, job) for job in with_value}
    return varied


def _spells(literal: str, value: GridValue) -> bool:
    """Whether a literal of a recipe spells a value."""
    if isinstance(value, str):
        return literal[:1] in "'\"" and literal[1:-1] == value
    if isinstance(value, bool) or literal[:1] in "'\"TF":  # a text, True or False
        return literal == str(value)
    return float(literal) == value


def without_settings(name: str) -> str:
    """A recipe without its settings: `sixty_forty + vol_target`."""
    bare = QUOTED_TEXT.sub("", name)
    while (shorter := BRACKETS.sub("", bare)) != bare:  # innermost brackets first
        bare = shorter
    return bare


def _order(value: GridValue) -> tuple[bool, float | str]:
    """The key by which values are sorted: numbers before texts."""
    is_text = isinstance(value, str)
    return is_text, value
