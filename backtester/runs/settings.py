"""The settings of a run: one model that the command line, studies, jobs and the manifest share.

A recipe is a base strategy and its overlays; the reference is the one that all others are compared with.
"""

import datetime
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backtester.analysis.pair import PairSettings
from backtester.engine.execution import Execution
from backtester.errors import RecipeError
from backtester.histories.forms import FiguresForm

DEFAULT_REFERENCE = "sixty_forty"
MAX_SEED = 2**32 - 1
MIN_RESAMPLES = 100
MAX_STRATEGIES = 12  # side by side on one page, beside the reference


def _enough_or_none(resamples: int) -> int:
    """The number of resamples; raise ValueError if it is above 0 but too small for a 90% interval."""
    if 0 < resamples < MIN_RESAMPLES:
        raise ValueError(f"{resamples} are too few for an interval; give {MIN_RESAMPLES} or more, or 0 for none")
    return resamples


class SharedSettings(PairSettings):
    """The settings that all runs of a study share.

    `data` is a folder with histories beside the embedded ones, `plugins` are files and folders of strategies. With a
    `rhythm` everything is measured at the ends of weeks, months or quarters, else at the history's own sessions.
    `start` and `end` limit the period, `execution` says how portfolios trade, and `stress` names scenarios.
    """

    reference: str = DEFAULT_REFERENCE
    history: str = "us"
    rhythm: Literal["week", "month", "quarter"] | None = None
    data: Path | None = None
    plugins: tuple[Path, ...] = ()
    start: datetime.date | None = None
    end: datetime.date | None = None
    execution: Execution = Execution()
    stress: tuple[str, ...] = ()


class SeriesFile(BaseModel):
    """A csv whose series is added to the history for one run; `column` and `form` are None if the file makes them
    clear."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: Path
    column: str | None = None
    form: FiguresForm | None = None


class RunSettings(SharedSettings):
    """The settings of a run.

    Without recipes the run compares each of `weights`, and each of `series` alone and as a tenth of the reference;
    without these too, the recipes that strategies have as DEFAULT_RECIPE. `series` and `weights` are csv files by name;
    `date_format`, `decimal`, `sep` and `period_starts` say how all of these files are written. `audit` simulates every
    book with a second engine too, `as_of` asks for the verdicts at each year-end, and `seed` is that of the resamples.
    """

    recipes: tuple[str, ...] = ()
    series: dict[str, SeriesFile] = Field(default_factory=dict)
    weights: dict[str, Path] = Field(default_factory=dict)
    date_format: str | None = None
    decimal: str | None = None
    sep: str | None = None
    period_starts: bool = False
    audit: bool = False
    as_of: bool = False
    resamples: Annotated[int, Field(ge=0, le=1_000_000), AfterValidator(_enough_or_none)] = 1000
    seed: int = Field(default=1, ge=0, le=MAX_SEED)

    @property
    def compared(self) -> tuple[str, ...]:
        """The recipes to compare with the reference; empty for the defaults of the library's strategies."""
        given = list(self.weights)
        for role in self.series:
            given += [f"hold(asset='{role}')", f"{self.reference} + hold(asset='{role}', size=0.1, fund='prorata')"]
        return self.recipes or tuple(given)


def refuse_too_many(strategies: int) -> None:
    """Raise RecipeError if there are more strategies beside the reference than one page has room for."""
    if strategies > MAX_STRATEGIES:
        raise RecipeError(
            f"{strategies} strategies beside the reference; up to {MAX_STRATEGIES} stand side by side: leave some out, "
            "or rank them as a study with batch"
        )


class ReportProgress(Protocol):
    """A function that is called with a message on the current step and, if known, the share of it that is done."""

    def __call__(self, message: str, share: float | None = None, /) -> None:
        """Show the message and the share, from 0 to 1."""


def no_report(message: str, share: float | None = None, /) -> None:
    """Show nothing."""
