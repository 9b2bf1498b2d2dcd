"""What a run is asked to do: one model for the command line, a study, a job's key and the manifest."""

import datetime
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import AfterValidator, Field

from backtester.analysis.pair import Lenses
from backtester.engine.execution import Execution
from backtester.errors import RecipeError

DEFAULT_REFERENCE = "sixty_forty"
MAX_SEED = 2**32 - 1
MIN_RESAMPLES = 100
MAX_STRATEGIES = 12  # side by side on one page, beside the reference
DEFAULT_OVERLAYS = ("vol_target", "gold_overlay", "dollar_overlay", "fed_put", "bills_for_bonds")


def _enough_or_none(resamples: int) -> int:
    """The number; raise ValueError if it is too small for the ends of a 90% interval to be found."""
    if 0 < resamples < MIN_RESAMPLES:
        raise ValueError(f"{resamples} are too few for an interval; give {MIN_RESAMPLES} or more, or 0 for none")
    return resamples


class Shared(Lenses):
    """The settings that all runs of a study share: the reference, the history, the strategies' files, the window, and
    how portfolios trade."""

    reference: str = DEFAULT_REFERENCE
    history: str = "us"
    data: Path | None = None
    plugins: tuple[Path, ...] = ()
    start: datetime.date | None = None
    end: datetime.date | None = None
    execution: Execution = Execution()


class RunSettings(Shared):
    """The settings of a run. Without recipes it takes the reference with each built-in family of overlays."""

    recipes: tuple[str, ...] = ()
    audit: bool = False
    resamples: Annotated[int, Field(ge=0, le=1_000_000), AfterValidator(_enough_or_none)] = 1000
    seed: int = Field(default=1, ge=0, le=MAX_SEED)

    @property
    def all_recipes(self) -> tuple[str, ...]:
        """The reference first, then what is compared with it."""
        return (self.reference, *(self.recipes or (f"{self.reference} + {name}" for name in DEFAULT_OVERLAYS)))


def refuse_too_many(strategies: int) -> None:
    """Nothing, where so many strategies beside the reference fit on one page; else a RecipeError."""
    if strategies > MAX_STRATEGIES:
        raise RecipeError(
            f"{strategies} strategies beside the reference; up to {MAX_STRATEGIES} stand side by side: leave some out, "
            "or rank them as a study with batch"
        )


class Report(Protocol):
    """What a run calls with a message on what it is doing and, where it is known how much of that is done, a share."""

    def __call__(self, message: str, share: float | None = None, /) -> None:
        """Show the message and the share, from 0 to 1."""


def no_report(message: str, share: float | None = None, /) -> None:
    """Show nothing."""
