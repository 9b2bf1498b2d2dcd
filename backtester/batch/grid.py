"""Grids of a study: a recipe with names in braces, the values that each name takes, and settings of the run to vary.

An axis is the values that one name takes, a list or a range; a point of a grid has one value for each name.
"""

import itertools
import math
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from backtester.analysis.pair import PairSettings
from backtester.engine.costs import Costs
from backtester.engine.execution import Execution
from backtester.errors import did_you_mean

PLACEHOLDER = re.compile(r"\{(\w+)\}")  # a name in braces
GridValue = bool | int | float | str
COST_SETTINGS = tuple(name for name in Costs.model_fields if name != "assets")
EXECUTION_SETTINGS = tuple(name for name in Execution.model_fields if name != "costs")
SWEEPABLE_SETTINGS = (
    *EXECUTION_SETTINGS,
    *COST_SETTINGS,
    *PairSettings.model_fields,
)  # settings of a run that a grid can vary


def _fits(value: GridValue) -> GridValue:
    """The value; raise ValueError if it is an integer beyond 64 bits, which a table of results cannot hold."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(f"{value} is beyond the whole numbers of 64 bits; give it as text")
    return value


def _number(value: object) -> object:
    """The value; raise ValueError if it is text, or a bool, which pydantic would take for a number."""
    if isinstance(value, str | bool):
        raise ValueError(f"{value!r} is no number; write it without quotes")
    return value


GridNumber = Annotated[int | float, BeforeValidator(_number), Field(allow_inf_nan=False), AfterValidator(_fits)]


class Range(BaseModel):
    """Values from `from` to `to`, both included, `step` apart; computed exactly, so that 3 times 0.1 is 0.3."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_: Annotated[GridNumber, Field(alias="from")]
    to: GridNumber
    step: Annotated[GridNumber, Field(gt=0)]

    @model_validator(mode="after")
    def _runs_forwards(self) -> "Range":
        if self.to < self.from_:
            raise ValueError(f"a range from {self.from_} to {self.to} by {self.step} has no values; swap its ends")
        return self

    @property
    def count(self) -> int:
        """The number of values."""
        first, last, step = self._exact
        return (last - first) // step + 1

    @property
    def _exact(self) -> tuple[Fraction, Fraction, Fraction]:
        """The first and last value and the step as exact fractions of the decimals in the file."""
        first, last, step = (Fraction(str(number)) for number in (self.from_, self.to, self.step))
        return first, last, step

    def values(self) -> list[GridValue]:
        """The values in ascending order: integers if `from`, `to` and `step` are, else floats."""
        first, _, step = self._exact
        number_type = int if all(isinstance(number, int) for number in (self.from_, self.to, self.step)) else float
        return [number_type(first + index * step) for index in range(self.count)]


def _plain(value: object) -> object:
    """The value; raise ValueError if it is no bool, number or text."""
    if not isinstance(value, bool | int | float | str):
        raise ValueError(f"{value!r} is no value of a setting; numbers, text, true and false are")
    return _fits(value)


def _axis_tag(axis: object) -> str | None:
    """The tag of the type that the values of a name have in a file, `list` or `range`; None if neither."""
    return "list" if isinstance(axis, list) else "range" if isinstance(axis, dict) else None


GridValues = Annotated[list[Annotated[GridValue, BeforeValidator(_plain)]], Field(min_length=1)]


Axis = Annotated[
    Annotated[GridValues, Tag("list")] | Annotated[Range, Tag("range")],
    Discriminator(
        _axis_tag,
        custom_error_type="axis",
        custom_error_message="neither a list of values nor { from = 0.0, to = 0.2, step = 0.1 }",
    ),
]


class Grid(BaseModel):
    """A recipe with names in braces, and the values that each name takes.

    A grid can also give values to settings of the run, those in `SWEEPABLE_SETTINGS`. Names in a group of `linked` vary
    together: they take their first values, their second values, and so on.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Axis]

    recipe: str
    linked: list[Annotated[list[str], Field(min_length=2)]] = []

    @model_validator(mode="after")
    def _names_match(self) -> "Grid":
        in_recipe, with_values = self.names_in_recipe, set(self.__pydantic_extra__)
        for name in in_recipe - with_values:
            near = did_you_mean(name, with_values)
            raise ValueError(f"recipe has {{{name}}}, which the grid gives no values; {near}")
        for name in with_values - in_recipe - set(SWEEPABLE_SETTINGS):
            raise ValueError(
                f"the grid has values for {name!r}, but the recipe has no {{{name}}}, and no setting of a run has that "
                f"name; {did_you_mean(name, [*in_recipe, *SWEEPABLE_SETTINGS])}"
            )
        return self

    @model_validator(mode="after")
    def _links_fit(self) -> "Grid":
        linked_names = [name for group in self.linked for name in group]
        for name in linked_names:
            if name not in self.__pydantic_extra__:
                raise ValueError(f"linked names {name!r}, which the grid gives no values; {self._near(name)}")
            if linked_names.count(name) > 1:
                raise ValueError(f"linked names {name!r} twice; a name varies with one group")
        for group in self.linked:
            counts = {name: _count(self.__pydantic_extra__[name]) for name in group}
            if len(set(counts.values())) > 1:
                text = ", ".join(f"{name} {count}" for name, count in counts.items())
                raise ValueError(f"linked names have as many values each; these have {text}")
        return self

    def _near(self, name: str) -> str:
        return did_you_mean(name, self.__pydantic_extra__)

    @property
    def stated(self) -> dict[str, Any]:
        """The keys and values of the grid as they are in the study's file."""
        axes = {
            name: axis.model_dump(by_alias=True) if isinstance(axis, Range) else axis
            for name, axis in self.__pydantic_extra__.items()
        }
        return {"recipe": self.recipe, **axes} | ({"linked": self.linked} if self.linked else {})

    @property
    def _groups(self) -> list[list[str]]:
        """The groups of names that vary together, in the order of the file; a name that is not linked is a group."""
        group_of = {name: group for group in self.linked for name in group}
        groups: list[list[str]] = []
        for name in self.__pydantic_extra__:
            if (group := group_of.get(name, [name])) not in groups:
                groups.append(group)
        return groups

    @property
    def count(self) -> int:
        """The number of points of the grid; none of them is made."""
        return math.prod(_count(self.__pydantic_extra__[group[0]]) for group in self._groups)

    def points(self) -> Iterator[dict[str, GridValue]]:
        """Every combination of values, by name; the last group of names varies fastest."""
        axes = {name: _values(axis) for name, axis in self.__pydantic_extra__.items()}
        groups = self._groups
        rows = [list(zip(*(axes[name] for name in group), strict=True)) for group in groups]
        names = list(itertools.chain(*groups))
        for chosen in itertools.product(*rows):
            values = dict(zip(names, itertools.chain(*chosen), strict=True))
            yield values if not self.linked else {name: values[name] for name in axes}

    @cached_property
    def names_in_recipe(self) -> set[str]:
        """The names in braces in the recipe."""
        return set(PLACEHOLDER.findall(self.recipe))

    def spell(self, point: dict[str, GridValue]) -> str:
        """The recipe with the point's values in place of the names.

        Text is inserted without quotes, so that it can name a strategy; a setting has the quotes in the recipe.
        """
        return PLACEHOLDER.sub(lambda match: str(point[match[1]]), self.recipe)

    def swept(self, point: dict[str, GridValue]) -> dict[str, GridValue]:
        """The settings of the run among the point's values."""
        return {name: value for name, value in point.items() if name not in self.names_in_recipe}


def _values(axis: Axis) -> list[GridValue]:
    """The values of an axis, a list or a range."""
    return axis.values() if isinstance(axis, Range) else axis


def _count(axis: Axis) -> int:
    return axis.count if isinstance(axis, Range) else len(axis)


class GridPoint(NamedTuple):
    """A point of a grid: the recipe with its values, the values, and those of them that are settings of the run."""

    recipe: str
    values: dict[str, GridValue]
    swept: dict[str, GridValue]
