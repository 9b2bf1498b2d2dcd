"""A forest plot: on one scale, estimates as dots with their intervals as lines; drawn as SVG, without a script."""

import math
from dataclasses import dataclass

from backtester.pages.format import points
from backtester.tearsheet.reading import Estimate

TICKS_AT_MOST = 5
MARGIN = 6.0  # percent of the width on either side


@dataclass(frozen=True)
class Mark:
    """A dot at `middle` with a line from `low` to `high`, in percent of the width; hollow for the second of a pair."""

    key: str
    middle: float
    low: float
    high: float
    hollow: bool


@dataclass(frozen=True)
class Lane:
    """What one row draws: its marks over the scale's ticks and zero line."""

    marks: tuple[Mark, ...]
    scale: "Scale"


@dataclass(frozen=True)
class Scale:
    """The scale that all rows share, from `low` to `high` as fractions."""

    low: float
    high: float

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Round values with their places in percent of the width, zero among them."""
        step = _step(self.high - self.low)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        places = 0 if step >= 0.01 - 1e-12 else 1 if step >= 0.001 - 1e-12 else 2
        return tuple(
            (self.place(n * step), points(n * step, places, signed=True) if n else "0") for n in range(first, last + 1)
        )

    def place(self, value: float) -> float:
        """Where a value stands, in percent of the width."""
        return MARGIN + (100 - 2 * MARGIN) * (value - self.low) / (self.high - self.low or 1.0)

    def mark(self, key: str, estimate: Estimate | None, *, hollow: bool = False) -> tuple[Mark, ...]:
        """The mark of an estimate; none where it is undefined."""
        if estimate is None or estimate.value is None:
            return ()
        ends = [estimate.value if end is None else end for end in (estimate.low, estimate.high)]
        return (Mark(key, self.place(estimate.value), self.place(ends[0]), self.place(ends[1]), hollow),)


def scale(estimates: list[Estimate | None]) -> Scale:
    """The scale that holds all estimates, their intervals and zero."""
    known = [end for one in estimates if one for end in (one.value, one.low, one.high) if end is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    return Scale(low, high) if high > low else Scale(-0.01, 0.01)


def _step(span: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that gives no more ticks than fit."""
    power = 10.0 ** math.floor(math.log10(span / TICKS_AT_MOST))
    return next(power * digit for digit in (1, 2, 5, 10, 20) if span / (power * digit) <= TICKS_AT_MOST - 1)
