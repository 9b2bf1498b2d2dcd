"""Studies: a TOML file that names a history, a reference, and recipes with grids of settings."""

import itertools
import math
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from backtester.batch.rows import FIGURES
from backtester.engine.costs import Costs
from backtester.engine.execution import Execution
from backtester.errors import StudyError, did_you_mean
from backtester.runs.settings import RunSettings, Shared

PLACE = re.compile(r"\{(\w+)\}")
MAX_JOBS = 1_000_000
Value = bool | int | float | str
ROWS = 5  # raise it when a column changes its meaning: it is part of every job's key


def _fits(value: Value) -> Value:
    """The value; raise ValueError if it is a whole number that a table of results cannot hold."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(f"{value} is beyond the whole numbers of 64 bits; give it as text")
    return value


Number = Annotated[int | float, Field(allow_inf_nan=False), AfterValidator(_fits)]


class Range(BaseModel):
    """Values from `from` to `to`, both included, `step` apart; counted in decimals, so 0.1 * 3 is 0.3."""

    model_config = ConfigDict(extra="forbid")

    from_: Annotated[Number, Field(alias="from")]
    to: Number
    step: Annotated[Number, Field(gt=0)]

    @model_validator(mode="after")
    def _runs_forwards(self) -> "Range":
        if self.to < self.from_:
            raise ValueError(f"a range from {self.from_} to {self.to} by {self.step} has no values; swap its ends")
        return self

    @property
    def count(self) -> int:
        """How many values there are."""
        first, last, step = self._exact
        return (last - first) // step + 1

    @property
    def _exact(self) -> tuple[Fraction, Fraction, Fraction]:
        """First, last and step as the decimals that were written."""
        first, last, step = (Fraction(str(number)) for number in (self.from_, self.to, self.step))
        return first, last, step

    def values(self) -> list[Value]:
        """The values in order: whole numbers where all three are."""
        first, _, step = self._exact
        kind = int if all(isinstance(number, int) for number in (self.from_, self.to, self.step)) else float
        return [kind(first + place * step) for place in range(self.count)]


def _plain(value: object) -> object:
    if not isinstance(value, bool | int | float | str):
        raise ValueError(f"{value!r} is no value of a setting; numbers, text, true and false are")
    return _fits(value)


def _form(axis: object) -> str | None:
    """Which form the values of a name have in the file."""
    return "list" if isinstance(axis, list) else "range" if isinstance(axis, dict) else None


Values = Annotated[list[Annotated[Value, BeforeValidator(_plain)]], Field(min_length=1)]


Axis = Annotated[
    Annotated[Values, Tag("list")] | Annotated[Range, Tag("range")],
    Discriminator(
        _form,
        custom_error_type="axis",
        custom_error_message="neither a list of values nor { from = 0.0, to = 0.2, step = 0.1 }",
    ),
]


class Grid(BaseModel):
    """A recipe with `{names}` in it, and the values that each name takes."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Axis]

    recipe: str

    @model_validator(mode="after")
    def _names_match(self) -> "Grid":
        named, given = set(PLACE.findall(self.recipe)), set(self.__pydantic_extra__)
        for name in named - given:
            raise ValueError(f"recipe has {{{name}}}, which the grid gives no values; {did_you_mean(name, given)}")
        for name in given - named:
            raise ValueError(f"the grid has values for {name!r}, but the recipe has no {{{name}}}")
        return self

    @property
    def count(self) -> int:
        """How many points the grid has; they are not made for it."""
        axes = self.__pydantic_extra__.values()
        return math.prod(axis.count if isinstance(axis, Range) else len(axis) for axis in axes)

    def points(self) -> Iterator[dict[str, Value]]:
        """Every combination of values, the last name varying fastest."""
        axes = {
            name: axis.values() if isinstance(axis, Range) else axis for name, axis in self.__pydantic_extra__.items()
        }
        for values in itertools.product(*axes.values()):
            yield dict(zip(axes, values, strict=True))

    def spell(self, point: dict[str, Value]) -> str:
        """The recipe at one point. Text goes in bare, so that it can name a strategy; quote it as a setting."""
        return PLACE.sub(lambda match: str(point[match[1]]), self.recipe)


class Study(Shared):
    """A study. Its relative paths start from the folder of its file."""

    name: Annotated[str, StringConstraints(pattern=r"^[\w][\w. -]*$")]
    grid: Annotated[list[Grid], Field(min_length=1)]
    rank_by: str = "beyond_mix_payoff_mean"

    @field_validator("rank_by")
    @classmethod
    def _is_a_column(cls, column: str) -> str:
        if column not in FIGURES:
            raise ValueError(f"no column {column!r}; {did_you_mean(column, FIGURES)}")
        return column

    def settings(self, folder: Path) -> RunSettings:
        """What every job of the study shares."""
        return RunSettings(
            data=None if self.data is None else folder / self.data,
            plugins=tuple(folder / path for path in self.plugins),
            **self.model_dump(include=set(Shared.model_fields) - {"data", "plugins"}),
        )


def read_study(path: Path) -> Study:
    """The study in a file; raise StudyError if it cannot be read or a key is wrong."""
    try:
        return Study.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise StudyError(f"cannot read the study {path}: {error.strerror}; a study is a TOML file") from error
    except ValidationError as error:
        raise StudyError(f"{path}: {_first_mistake(error)}") from error
    except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, or a number of thousands of digits
        raise StudyError(f"{path} is not TOML: {error}") from error


def _first_mistake(error: ValidationError) -> str:
    """Where in the study and what, an unknown key before all else: it is often why another one is missing."""
    mistakes = error.errors()
    first = next((mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"), mistakes[0])
    what = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        models: dict[object, type[BaseModel]] = {"execution": Execution, "costs": Costs, "range": Range}
        fields = models.get(first["loc"][-2] if len(first["loc"]) > 1 else None, Study).model_fields
        what = f"unknown key; {did_you_mean(str(first['loc'][-1]), [f.alias or name for name, f in fields.items()])}"
    if first["type"] == "string_pattern_mismatch":
        what = f"{first['input']!r} is no name; letters, digits, spaces, '.', '-' and '_' make one"
    where = ".".join(str(part) for part in first["loc"])
    return f"[{where}] {what}" if where else what


def expand(study: Study) -> list[tuple[str, dict[str, Value]]]:
    """Every recipe of the study with the values it was made from, in order; raise StudyError if there are too many."""
    if (jobs := sum(grid.count for grid in study.grid)) > MAX_JOBS:
        many = f"{jobs:,}" if jobs < 10**15 else f"{Decimal(jobs):.0e}"
        raise StudyError(f"study {study.name!r}: {many} jobs, more than {MAX_JOBS:,}; make the grids coarser")
    return [(grid.spell(point), point) for grid in study.grid for point in grid.points()]
