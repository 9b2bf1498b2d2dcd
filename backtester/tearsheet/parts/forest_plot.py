"""Forest plots in the cells of a table: one axis for all rows, and an estimate with its intervals in each row."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from backtester.arrays import Interval
from backtester.pages.format import points

MOST_PLOT_TICKS = 5
PLOT_MARGIN = 6.0  # percent of the width on either side


@dataclass(frozen=True)
class ForestScale:
    """The axis that all rows of the forest plot share, from `low` to `high` as fractions.

    `below` and `above` label the two sides of zero, a mix (stocks, bonds and bills, in fixed shares, that moved as the
    hedge did) being what the hedge is compared with; the template leaves a label out if it does not fit.
    """

    low: float
    high: float
    below: str = "mix better"
    above: str = "hedge better"

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """The positions, in percent of the width, and the labels of round values, zero among them."""
        power = math.floor(math.log10((self.high - self.low) / MOST_PLOT_TICKS))
        steps = (float(f"{digit}e{power}") for digit in (2, 5, 10, 20))  # exact, as they are written below
        step = next(step for step in steps if (self.high - self.low) / step <= MOST_PLOT_TICKS - 1)
        # the small numbers keep a value on the edge of the axis in spite of rounding
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        decimals = 0 if step >= 0.01 else 1 if step >= 0.001 else 2
        return tuple(
            (self.place(n * step), points(n * step, decimals, signed=True) if n else "0")
            for n in range(first, last + 1)
        )

    def place(self, value: float) -> float:
        """The position of a value, in percent of the width."""
        return PLOT_MARGIN + (100 - 2 * PLOT_MARGIN) * (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class ForestLane:
    """One row of the forest plot: an estimate, drawn as a dot, None where undefined; its intervals, the widest
    first; `key` names its colour."""

    scale: ForestScale
    key: str
    value: float | None
    intervals: tuple[Interval, ...]

    @property
    def ends(self) -> tuple[tuple[float, float], ...]:
        """The positions of both ends of each interval that is not None, in percent of the width."""
        return tuple(
            (self.scale.place(interval[0]), self.scale.place(interval[1])) for interval in self.intervals if interval
        )


def forest_scale(values: Iterable[float | None]) -> ForestScale:
    """The axis that includes zero and all values that are not None."""
    known = [0.0, *(value for value in values if value is not None)]
    return ForestScale(min(known), max(known)) if any(known) else ForestScale(-0.01, 0.01)
