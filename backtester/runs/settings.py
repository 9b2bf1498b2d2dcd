"""The settings of a run: one model for the command line, a study, a job's key and the manifest."""

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
    """The number of resamples. Raise ValueError if it is above 0 but too small for a 90% interval."""
    if 0 < resamples < MIN_RESAMPLES:
        raise ValueError(f"{resamples} are too few for an interval; give {MIN_RESAMPLES} or more, or 0 for none")
    return resamples


class Shared(PairSettings):
    """The settings that all runs of a study share: the reference, the history and the `rhythm` at whose ends it is
    measured (None for its own), the strategies' files, the period, how portfolios trade, and the scenarios that
    they are put through."""

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
    """A csv whose series is added to the history for one run; column and form are None where the file shows them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: Path
    column: str | None = None
    form: FiguresForm | None = None


class RunSettings(Shared):
    """The settings of a run.

    Without recipes the run compares each of `weights`, and each of `series` alone and as a tenth of the reference;
    without these the recipes that strategies state in DEFAULT_RECIPE. `series` and `weights` are csv files by name;
    `date_format`, `decimal`, `sep` and `period_starts` say how all of them are written.
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
        """The recipes that are named or, without any, those of `weights` and `series`; empty for the library's
        defaults."""
        given = list(self.weights)
        for role in self.series:
            given += [f"hold(asset='{role}')", f"{self.reference} + hold(asset='{role}', size=0.1, fund='prorata')"]
        return self.recipes or tuple(given)


def refuse_too_many(strategies: int) -> None:
    """Raise RecipeError if so many strategies beside the reference do not fit on one page."""
    if strategies > MAX_STRATEGIES:
        raise RecipeError(
            f"{strategies} strategies beside the reference; up to {MAX_STRATEGIES} stand side by side: leave some out, "
            "or rank them as a study with batch"
        )


class ReportProgress(Protocol):
    """A callback for progress: a message on the current step and, if known, the share of it that is done."""

    def __call__(self, message: str, share: float | None = None, /) -> None:
        """Show the message and the share, from 0 to 1."""


def no_report(message: str, share: float | None = None, /) -> None:
    """Show nothing."""
