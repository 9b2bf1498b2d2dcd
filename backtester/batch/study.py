"""Studies: TOML files that name a history, a reference to compare with, and recipes with grids of settings."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, ValidationError, field_validator

from backtester.batch.grid import COST_SETTINGS, EXECUTION_SETTINGS, Grid, GridPoint, GridValue, Range
from backtester.batch.rows import ROW_FIGURES
from backtester.batch.scenario_markets import SCENARIO_PREFIX
from backtester.engine.costs import Costs
from backtester.engine.execution import Execution
from backtester.errors import StudyError, did_you_mean
from backtester.files import read_limited
from backtester.runs.settings import RunSettings, SharedSettings
from backtester.runs.values import Json

MAX_JOBS = 1_000_000
MAX_STUDY_BYTES = 50_000_000  # a grid of a million values takes a fifth of this
ROWS_VERSION = 6  # part of every job's key; raised when a column changes its meaning, so that jobs are run again


TYPE_WORDS = {  # the message for a value of the wrong type, by pydantic's name of the error
    "tuple_type": 'a list in square brackets is needed, such as ["one", "other"]',
    "list_type": 'a list in square brackets is needed; a grid begins with [[grid]], and linked = [["one", "other"]]',
    "path_type": 'a path in quotes is needed, such as "folder"',
    "model_type": "a table of keys and values is needed",
}


class Study(SharedSettings):
    """A study, with the settings that all of its jobs share. Relative paths start from the folder of its file.

    `rank_by` is the column of results by which jobs, recipes with their settings, are ranked, which can be a
    scenario's; by default it is the mean payoff, the return in joint sell-offs beyond that of the mix, the stocks,
    bonds and bills that moved as the job did. The best `top` jobs are shown. Results go to the folder `out`.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[\w][\w. -]*$")]
    grid: Annotated[list[Grid], Field(min_length=1)]
    rank_by: str = "beyond_mix_payoff_mean"
    top: Annotated[int, Field(ge=1)] = 10
    out: Path | None = None

    @field_validator("rank_by")
    @classmethod
    def _is_a_column(cls, column: str) -> str:
        # whether a scenario has that column is known only with the history
        if column not in ROW_FIGURES and not column.startswith(SCENARIO_PREFIX):
            raise ValueError(f"no column {column!r}; {did_you_mean(column, ROW_FIGURES)}")
        return column

    def settings(self, folder: Path) -> RunSettings:
        """The settings of a run that all jobs share; relative paths start from `folder`."""
        return RunSettings(
            data=None if self.data is None else folder / self.data,
            plugins=tuple(folder / path for path in self.plugins),
            stress=tuple(str(folder / text) if text.endswith(".toml") else text for text in self.stress),
            **self.model_dump(include=set(SharedSettings.model_fields) - {"data", "plugins", "stress"}),
        )


def read_study(path: Path) -> Study:
    """The study in a file; raise StudyError if it cannot be read or a key is wrong."""
    try:
        return check_study(tomllib.loads(read_limited(path, MAX_STUDY_BYTES).decode("utf-8-sig")), path)
    except OSError as error:
        raise StudyError(f"cannot read the study {path}: {error.strerror}; a study is a TOML file") from error
    except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, or a number of thousands of digits
        raise StudyError(f"{path} is not TOML: {error}") from error


def check_study(stated: Json, path: Path) -> Study:
    """The study that a file states; raise StudyError if a key is wrong."""
    try:
        return Study.model_validate(stated)
    except ValidationError as error:
        raise StudyError(f"{path}: {_first_mistake(error)}") from error


def _first_mistake(error: ValidationError) -> str:
    """The key and message of the first mistake; an unknown key comes first, as it may be another one, misspelled."""
    mistakes = error.errors()  # "loc" is the path to one: keys of tables, indices of lists, then the wrong key
    first = next((mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"), mistakes[0])
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        models: dict[object, type[BaseModel]] = {"execution": Execution, "costs": Costs, "range": Range}
        fields = models.get(first["loc"][-2] if len(first["loc"]) > 1 else None, Study).model_fields
        message = f"unknown key; {did_you_mean(str(first['loc'][-1]), [f.alias or name for name, f in fields.items()])}"
    if first["type"] == "string_pattern_mismatch":
        message = f"{first['input']!r} is no name; letters, digits, spaces, '.', '-' and '_' make one"
    message = TYPE_WORDS.get(first["type"], message)
    key = ".".join(str(part) for part in first["loc"])
    return f"[{key}] {message}" if key else message


def expand(study: Study) -> list[GridPoint]:
    """The points of all grids, in order; raise StudyError if there are too many."""
    if (jobs := sum(grid.count for grid in study.grid)) > MAX_JOBS:
        count = f"{jobs:,}" if jobs < 10**15 else f"{Decimal(jobs):.0e}"
        raise StudyError(f"study {study.name!r}: {count} jobs, more than {MAX_JOBS:,}; make the grids coarser")
    return [
        GridPoint(recipe=grid.spell(values), values=values, swept=grid.swept(values))
        for grid in study.grid
        for values in grid.points()
    ]


def settings_at(settings: RunSettings, swept: dict[str, GridValue]) -> RunSettings:
    """The settings of a run with the values of `swept` in them; raise StudyError if a setting refuses its value."""
    values = settings.model_dump()
    for name, value in swept.items():
        if name in COST_SETTINGS:
            values["execution"]["costs"][name] = value
        elif name in EXECUTION_SETTINGS:
            values["execution"][name] = value
        else:
            values[name] = value
    try:
        return RunSettings.model_validate(values)
    except ValidationError as error:
        raise StudyError(f"a grid's settings of the run: {_first_mistake(error)}") from error
