"""The settings of trading: lag, schedule, band and costs, and those that apply to a recipe.

A recipe is a base strategy and its overlays, each of which may state a schedule and a band of its own. The band is the
distance from the targets, as a fraction of the portfolio, at which it is traded on other sessions, too.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backtester.engine.costs import Costs
from backtester.engine.schedule import Schedule, parse_schedule
from backtester.errors import PluginError, RecipeError
from backtester.histories.rhythm import DAILY, Rhythm
from backtester.plugins.recipes import Recipe

DEFAULT_BAND = 0.05


def _band(value: float) -> float:
    """The band; raise ValueError if it is neither infinite nor a fraction of the portfolio."""
    if not (0 <= value <= 1 or value == np.inf):
        raise ValueError(f"{value:g} is no band; give a fraction of 1 such as 0.05, or infinity for none")
    return value


Band = Annotated[float, Field(allow_inf_nan=True, strict=True), AfterValidator(_band)]


class Execution(BaseModel):
    """The settings of trading. `rebalance`, a schedule, and `band` are None for the recipe's own, or else the default.

    `lag`: sessions from a decision to its trade; `relative_band`: also trade when an asset is off by this share of its
    own target, None for never; `to_edge`: a trade that a band calls for goes to the band's edge only; `min_trade`: what
    is off by less of NAV is not traded.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    lag: int = Field(default=1, ge=0, le=252, strict=True)
    rebalance: str | None = None
    band: Band | None = None
    relative_band: float | None = Field(default=None, gt=0, le=2, strict=True)
    to_edge: bool = Field(default=False, strict=True)
    min_trade: float = Field(default=0.0, ge=0, lt=1, strict=True)
    costs: Costs = Costs()

    @cached_property
    def spelled(self) -> str:
        """All settings as JSON."""
        return self.model_dump_json()


@dataclass(frozen=True)
class Trigger:
    """The schedule and the band by which a recipe trades."""

    schedule: Schedule
    band: float


def default_rebalance(rhythm: Rhythm) -> str:
    """The schedule where nobody states one: month, or quarter where sessions are quarterly.

    The rhythm is how often a history has sessions.
    """
    return "month" if "month" in rhythm.periods else rhythm.periods[0]


def trigger_of(recipe: Recipe, execution: Execution, rhythm: Rhythm = DAILY) -> Trigger:
    """Schedule and band: the run's if it states them, else the last strategy's that does, else the defaults."""
    default = default_rebalance(rhythm)
    stated: list[object] = [default, *(step.strategy.rebalance for step in recipe.steps), execution.rebalance]
    bands: list[object] = [DEFAULT_BAND, *(step.strategy.band for step in recipe.steps), execution.band]
    try:
        schedule = parse_schedule([value for value in stated if value is not None][-1], rhythm)
    except RecipeError as error:
        own = [step.strategy.name for step in recipe.steps if step.strategy.rebalance is not None]
        if execution.rebalance is not None or not own:
            raise
        raise RecipeError(f"REBALANCE of strategy {own[-1]!r}: {error}") from error
    band = [value for value in bands if value is not None][-1]
    if not isinstance(band, int | float) or isinstance(band, bool) or not (0 <= band <= 1 or band == np.inf):
        raise PluginError(f"BAND is {band!r}; a fraction of 1 such as 0.05, or infinity for none, is needed")
    return Trigger(schedule, float(band))
