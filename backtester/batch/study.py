"""Studies: a TOML file that names a history, a reference, and recipes with grids of settings."""

import itertools
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
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

from backtester.analysis import scorecard
from backtester.analysis.analyse import PARTS
from backtester.analysis.figures import figures_of
from backtester.analysis.verdict import Placebo
from backtester.engine.costs import Costs
from backtester.engine.evaluate import Execution
from backtester.errors import StudyError, did_you_mean
from backtester.runs.settings import RunSettings, Shared

PLACE = re.compile(r"\{(\w+)\}")
MAX_JOBS = 1_000_000
Value = bool | int | float | str
ROWS = 4  # raise it when a column changes its meaning: it is part of every job's key
MEASURES = tuple(one.column_name for one in figures_of("measures").values() if one.column_name)
SCORECARD = tuple(name.replace(".", "_") for name in scorecard.FIGURES)
MIX = ("mix_stocks", "mix_bonds")  # the shares of the two legs, whatever their roles
PAYOFF_PARTS = tuple(f"payoff_parts_{name}" for name in PARTS)
PLACEBO = tuple(f"beyond_mix_placebo_{name}" for name in Placebo._fields)
CARD = ("joint_sell_offs", *SCORECARD, *MIX, *PAYOFF_PARTS, *PLACEBO)
FIGURES = (*MEASURES, *CARD)


class Range(BaseModel):
    """Values from `from` to `to`, both included, `step` apart; counted in decimals, so 0.1 * 3 is 0.3."""

    model_config = ConfigDict(extra="forbid")

    from_: Annotated[int | float, Field(alias="from", allow_inf_nan=False)]
    to: Annotated[int | float, Field(allow_inf_nan=False)]
    step: Annotated[int | float, Field(gt=0, allow_inf_nan=False)]

    def values(self) -> list[Value]:
        """The values in order: whole numbers where all three are."""
        whole = all(isinstance(number, int) for number in (self.from_, self.to, self.step))
        first, last, step = (Decimal(str(number)) for number in (self.from_, self.to, self.step))
        count = int((last - first) / step) + 1
        if not 1 <= count <= MAX_JOBS:
            many = f"more than {MAX_JOBS:,}" if count > MAX_JOBS else "no"
            raise ValueError(f"a range from {first} to {last} by {step} has {many} values")
        return [int(value) if whole else float(value) for value in (first + place * step for place in range(count))]


def _plain(value: object) -> object:
    if not isinstance(value, bool | int | float | str):
        raise ValueError(f"{value!r} is no value of a setting; numbers, text, true and false are")
    return value


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
    """The study in a file; a StudyError names the key that is wrong."""
    try:
        return Study.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
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
    """Every recipe of the study with the values it was made from, in order."""
    found: list[tuple[str, dict[str, Any]]] = []
    try:
        for grid in study.grid:
            for point in grid.points():
                found.append((grid.spell(point), point))
                if len(found) > MAX_JOBS:
                    raise ValueError(f"more than {MAX_JOBS:,} jobs; make the grids coarser")
    except ValueError as error:
        raise StudyError(f"study {study.name!r}: {error}") from error
    return found
