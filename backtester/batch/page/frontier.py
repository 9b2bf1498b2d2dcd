"""The frontier of payoff against what it gains or costs a year: the jobs that no other beats in both."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from backtester.arrays import Array, Integers
from backtester.batch.page.columns import KEY_LENGTH, figure_column

PAYOFF, COST = "beyond_mix_payoff_mean", "growth_annual_over_mix_rest"
PICTURE_WIDTH, PICTURE_HEIGHT = 640, 300  # of the picture, in its own units
TICK_DIGITS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class FrontierJob:
    """A job of the frontier: its place in the picture, its name, the folder of its tearsheet, and both figures."""

    x: float
    y: float
    place: int
    name: str
    key: str
    payoff: float
    cost: float


@dataclass(frozen=True)
class Frontier:
    """The picture: `dots`, one path for all jobs; the points of the frontier, from left to right; and the ticks."""

    dots: str
    points: tuple[FrontierJob, ...]
    x_ticks: tuple[tuple[float, float], ...]
    y_ticks: tuple[tuple[float, float], ...]
    zero: tuple[float | None, float | None]


def on_frontier(payoff: Array, cost: Array) -> Integers:
    """The places of those that none has more of both than, by the second from low to high; NaN never is on it."""
    known = np.flatnonzero(np.isfinite(payoff) & np.isfinite(cost))
    order = known[np.lexsort((known, -payoff[known], -cost[known]))]
    highest = np.maximum.accumulate(payoff[order])
    is_new = np.append(True, highest[1:] > highest[:-1])[: len(order)]
    found: Integers = order[is_new][::-1]
    return found


def make_frontier(table: pa.Table) -> Frontier | None:
    """The frontier of a study's jobs; None where fewer than two have both figures."""
    payoff, cost = figure_column(table, PAYOFF), figure_column(table, COST)
    known = np.isfinite(payoff) & np.isfinite(cost)
    if known.sum() < 2:
        return None
    x_scale, y_scale = _scale(cost[known]), _scale(payoff[known])
    x, y = _at(cost, x_scale) * PICTURE_WIDTH, PICTURE_HEIGHT - _at(payoff, y_scale) * PICTURE_HEIGHT
    dots = "".join(f"M{a:.1f} {b:.1f}h0" for a, b in zip(x[known], y[known], strict=True))
    points = tuple(
        FrontierJob(
            float(x[place]),
            float(y[place]),
            place,
            str(table["name"][place]),
            str(table["key"][place])[:KEY_LENGTH],
            float(payoff[place]),
            float(cost[place]),
        )
        for place in on_frontier(payoff, cost).tolist()
    )
    return Frontier(
        dots,
        points,
        tuple((float(_at(np.array(one), x_scale)) * PICTURE_WIDTH, one) for one in _ticks(x_scale)),
        tuple((PICTURE_HEIGHT - float(_at(np.array(one), y_scale)) * PICTURE_HEIGHT, one) for one in _ticks(y_scale)),
        (
            float(_at(np.array(0.0), x_scale)) * PICTURE_WIDTH if x_scale[0] < 0 < x_scale[1] else None,
            PICTURE_HEIGHT - float(_at(np.array(0.0), y_scale)) * PICTURE_HEIGHT
            if y_scale[0] < 0 < y_scale[1]
            else None,
        ),
    )


def _scale(values: Array) -> tuple[float, float]:
    """The ends of an axis, a little beyond the values."""
    low, high = float(values.min()), float(values.max())
    edge = 0.05 * (high - low) or 0.001
    return low - edge, high + edge


def _at(values: Array, scale: tuple[float, float]) -> Array:
    found: Array = (values - scale[0]) / (scale[1] - scale[0])
    return found


def _ticks(scale: tuple[float, float]) -> list[float]:
    """Round values within the scale, three to six of them."""
    rough = (scale[1] - scale[0]) / 5
    size = 10.0 ** np.floor(np.log10(rough))
    step = next(size * one for one in TICK_DIGITS if size * one >= rough)
    first = int(np.ceil(scale[0] / step))
    return [step * place for place in range(first, int(np.floor(scale[1] / step)) + 1)]
