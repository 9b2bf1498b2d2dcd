"""How targets are traded: the settings of it, and the schedule and band that hold for a recipe."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backtester.engine.costs import Costs
from backtester.engine.schedule import Schedule, parse_schedule
from backtester.errors import PluginError
from backtester.plugins.recipes import Recipe

DEFAULT_REBALANCE = "month"
DEFAULT_BAND = 0.05


def _band(value: float) -> float:
    """The band; raise ValueError if it is neither infinite nor a fraction of the portfolio."""
    if not (0 <= value <= 1 or value == np.inf):
        raise ValueError(f"{value:g} is no band; give a fraction of 1 such as 0.05, or infinity for none")
    return value


Band = Annotated[float, Field(allow_inf_nan=True), AfterValidator(_band)]


class Execution(BaseModel):
    """How targets are traded. `rebalance` and `band` are None where the recipe's own, or the default, is to hold.

    `relative_band`: also trade when an asset is off by this share of its own target, None for never; `to_edge`: a trade
    that a band calls for goes to the band's edge only; `min_trade`: what is off by less of NAV is not traded.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    lag: int = Field(default=1, ge=0, le=252)
    rebalance: str | None = None
    band: Band | None = None
    relative_band: float | None = Field(default=None, gt=0, le=2, allow_inf_nan=False)
    to_edge: bool = False
    min_trade: float = Field(default=0.0, ge=0, lt=1, allow_inf_nan=False)
    costs: Costs = Costs()

    @cached_property
    def spelled(self) -> str:
        """All of it as JSON."""
        return self.model_dump_json()


@dataclass(frozen=True)
class Rhythm:
    """When a recipe trades."""

    schedule: Schedule
    band: float


def trading_rhythm(recipe: Recipe, execution: Execution) -> Rhythm:
    """Schedule and band: the run's if it states them, else the last strategy's that does, else month and 5 points."""
    stated: list[object] = [DEFAULT_REBALANCE, *(step.strategy.rebalance for step in recipe.steps), execution.rebalance]
    bands: list[object] = [DEFAULT_BAND, *(step.strategy.band for step in recipe.steps), execution.band]
    schedule = parse_schedule([value for value in stated if value is not None][-1])
    band = [value for value in bands if value is not None][-1]
    if not isinstance(band, int | float) or isinstance(band, bool) or not (0 <= band <= 1 or band == np.inf):
        raise PluginError(f"BAND is {band!r}; a fraction of 1 such as 0.05, or infinity for none, is needed")
    return Rhythm(schedule, float(band))
