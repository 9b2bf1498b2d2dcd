"""A forest plot: on one scale, estimates as dots with their intervals as lines; drawn as SVG, without a script."""

import math
from dataclasses import dataclass

from backtester.pages.format import points

TICKS_AT_MOST = 5
MARGIN = 6.0  # percent of the width on either side
Ends = tuple[float, float] | None


@dataclass(frozen=True)
class Mark:
    """A dot at `middle` and lines over it, the widest first: `ends` of each in percent of the width."""

    key: str
    middle: float
    ends: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Lane:
    """What one row draws: its mark, None where the estimate is undefined, over the scale's ticks and zero line."""

    mark: Mark | None
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

    def lane(self, key: str, value: float | None, intervals: tuple[Ends, ...]) -> Lane:
        """The lane of an estimate and its intervals, the widest first; one that is None is not drawn."""
        if value is None:
            return Lane(None, self)
        ends = tuple((self.place(one[0]), self.place(one[1])) for one in intervals if one)
        return Lane(Mark(key, self.place(value), ends), self)


def scale(values: list[float | None]) -> Scale:
    """The scale that holds all values and zero."""
    known = [value for value in values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    return Scale(low, high) if high > low else Scale(-0.01, 0.01)


def _step(span: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that gives no more ticks than fit."""
    power = 10.0 ** math.floor(math.log10(span / TICKS_AT_MOST))
    return next(power * digit for digit in (1, 2, 5, 10, 20) if span / (power * digit) <= TICKS_AT_MOST - 1)
