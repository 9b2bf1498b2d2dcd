"""The frontier of payoff in joint sell-offs against yearly gain or cost: the jobs that no other job beats in both.

A job is a recipe with its settings. Its payoff is what it returned beyond its mix (stocks, bonds and bills, in fixed
shares, that moved as it did) when stocks and bonds fell together; its gain is its growth beyond the mix outside of
sell-offs.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from backtester.arrays import Array, Integers
from backtester.batch.page.columns import KEY_LENGTH, figure_column

PAYOFF, GAIN = "beyond_mix_payoff_mean", "growth_annual_over_mix_rest"
PICTURE_WIDTH, PICTURE_HEIGHT = 640, 300  # SVG units
TICK_DIGITS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class FrontierJob:
    """A job of the frontier: `x` and `y` in the picture, `place` its row in the table of results, `key` the name of its
    tearsheet's folder, and both figures; `cost` is a gain if it is positive."""

    x: float
    y: float
    place: int
    name: str
    key: str
    payoff: float
    cost: float


@dataclass(frozen=True)
class Frontier:
    """The picture of the frontier, in SVG units.

    `dots` is the data of one SVG path with a dot for each job; `points` are the jobs of the frontier, from left to
    right. Ticks are coordinates and values; `zero` has the x and y of the lines at zero, None outside the picture.
    """

    dots: str
    points: tuple[FrontierJob, ...]
    x_ticks: tuple[tuple[float, float], ...]
    y_ticks: tuple[tuple[float, float], ...]
    zero: tuple[float | None, float | None]


@dataclass(frozen=True)
class _Axis:
    """An axis of the picture: the values at its ends, and where these are in SVG units."""

    low: float
    high: float
    start: float
    end: float

    def at(self, values: Array) -> Array:
        """The coordinates of values."""
        found: Array = self.start + (self.end - self.start) * ((values - self.low) / (self.high - self.low))
        return found

    @property
    def ticks(self) -> tuple[tuple[float, float], ...]:
        """The coordinate and the value of each tick."""
        return tuple((float(self.at(np.array(value))), value) for value in _ticks((self.low, self.high)))

    @property
    def zero(self) -> float | None:
        """The coordinate of zero; None if it is outside."""
        return float(self.at(np.array(0.0))) if self.low < 0 < self.high else None


def on_frontier(payoff: Array, gain: Array) -> Integers:
    """The indices of the jobs that no other job beats in both figures (N,), by gain from low to high.

    Of jobs with the same figures the first is on it; NaN never is.
    """
    known = np.flatnonzero(np.isfinite(payoff) & np.isfinite(gain))
    # From the highest gain down, a job is on the frontier if its payoff is higher than all payoffs before it.
    order = known[np.lexsort((known, -payoff[known], -gain[known]))]
    highest = np.maximum.accumulate(payoff[order])
    is_higher = np.append(True, highest[1:] > highest[:-1])[: len(order)]
    found: Integers = order[is_higher][::-1]
    return found


def make_frontier(table: pa.Table) -> Frontier | None:
    """The frontier of a study's jobs; None if fewer than two have both figures."""
    payoff, gain = figure_column(table, PAYOFF), figure_column(table, GAIN)
    known = np.isfinite(payoff) & np.isfinite(gain)
    if known.sum() < 2:
        return None
    x_axis = _Axis(*_scale(gain[known]), 0, PICTURE_WIDTH)
    y_axis = _Axis(*_scale(payoff[known]), PICTURE_HEIGHT, 0)
    x, y = x_axis.at(gain), y_axis.at(payoff)
    jobs = tuple(
        FrontierJob(
            x=float(x[job]),
            y=float(y[job]),
            place=job,
            name=str(table["name"][job]),
            key=str(table["key"][job])[:KEY_LENGTH],
            payoff=float(payoff[job]),
            cost=float(gain[job]),
        )
        for job in on_frontier(payoff, gain).tolist()
    )
    dots = "".join(f"M{job_x:.1f} {job_y:.1f}h0" for job_x, job_y in zip(x[known], y[known], strict=True))
    return Frontier(
        dots=dots,
        points=jobs,
        x_ticks=x_axis.ticks,
        y_ticks=y_axis.ticks,
        zero=(x_axis.zero, y_axis.zero),
    )


def _scale(values: Array) -> tuple[float, float]:
    """The values at the ends of an axis, a little beyond the lowest and highest value."""
    low, high = float(values.min()), float(values.max())
    edge = 0.05 * (high - low) or 0.001
    return low - edge, high + edge


def _ticks(scale: tuple[float, float]) -> list[float]:
    """Two to six round values within the scale."""
    rough_step = (scale[1] - scale[0]) / 5
    power = 10.0 ** np.floor(np.log10(rough_step))
    step = next(power * digit for digit in TICK_DIGITS if power * digit >= rough_step)
    first = int(np.ceil(scale[0] / step))
    return [step * number for number in range(first, int(np.floor(scale[1] / step)) + 1)]
