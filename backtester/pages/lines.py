"""Lines on one scale as inline SVG, labelled at their ends: small charts that need no script.

The plot is stretched in x only; ticks and labels are outside it, in px, so that no text is stretched.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

PLOT_WIDTH = 1000  # units of a plot's width
LABEL_DISTANCE = 14.0  # px between labels
LABEL_MARGIN = 7.0  # px above and below the outermost label
TICK_STEPS = (1, 2, 5, 10)
WORD = re.compile(r"\([^()]*\)\S*|\S+")
LONGEST_LABEL = 11  # signs of a label that there is room for at a line's end
SAID_LINE = 16.0  # px from line to line of what is said


@dataclass(frozen=True)
class Line:
    """A line: its colour's key, its label, its values on an even axis (NaN for none), its dashes and its class."""

    key: str
    label: str
    values: tuple[float, ...]
    dash: str = ""
    tone: str = ""

    @property
    def last(self) -> float:
        """The last value that is not NaN; NaN if there is none."""
        return next((value for value in reversed(self.values) if not math.isnan(value)), math.nan)


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on `height` px, the highest on top."""

    low: float
    high: float
    height: float

    def place(self, value: float) -> float:
        """The distance of a value from the top, in px."""
        return self.height * (self.high - value) / (self.high - self.low)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Round values, three to seven of them."""
        power = 10.0 ** math.floor(math.log10((self.high - self.low) / 6))
        step = next(power * one for one in TICK_STEPS if (self.high - self.low) / (power * one) <= 6)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return tuple(step * place for place in range(first, last + 1))


@dataclass(frozen=True)
class Label:
    """A label at a line's end: where the line ends and where the label stands, in px from the top."""

    line: Line
    at: float
    place: float
    text: str


@dataclass(frozen=True)
class Panel:
    """A small chart: title, note, the words under both ends, lines and their scale.

    `marked` are two places, in percent of the width, between which it is shaded, and `said` describes what happened
    there.
    """

    title: str
    note: str
    ends: tuple[str, str]
    lines: tuple[Line, ...]
    scale: Scale
    marked: tuple[float, float] | None = None
    said: tuple[str, ...] = ()

    def path(self, line: Line) -> str:
        """The line as an SVG path: moves where a value is missing."""
        last, parts, drawn = max(1, len(line.values) - 1), [], False
        for place, value in enumerate(line.values):
            if math.isnan(value):
                drawn = False
                continue
            parts.append(f"{'L' if drawn else 'M'}{PLOT_WIDTH * place / last:.0f} {self.scale.place(value):.1f}")
            drawn = True
        return "".join(parts)

    @property
    def said_at(self) -> float:
        """Where what was said begins: after what is marked if no end's label is as low, else in it."""
        first, last = self.marked or (0.0, 0.0)
        low = max((one.place for one in self.labels), default=0.0)
        return last if low + LABEL_DISTANCE < self.scale.height - SAID_LINE * (len(self.said) + 1) else first

    @property
    def labels(self) -> tuple[Label, ...]:
        """A label for each line with a last value, from the top, no two closer than `LABEL_DISTANCE`."""
        known = sorted((line for line in self.lines if not math.isnan(line.last)), key=lambda line: -line.last)
        at = [self.scale.place(line.last) for line in known]
        places = dodged(at, LABEL_DISTANCE, LABEL_MARGIN, self.scale.height - LABEL_MARGIN)
        words = [f"{line.last:+.1f}".replace("-", "\N{MINUS SIGN}") for line in known]
        return tuple(map(Label, known, at, places, words))


def dodged(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Places near those in `wanted`, ascending, at least `apart` from each other and, if they fit, from `low` to
    `high`.

    Neighbours that would overlap share a block around their mean (isotonic regression: Ayer et al. 1955).
    """
    count = len(wanted)
    firsts = [min(max(value, low), high) - apart * place for place, value in enumerate(wanted)]  # each gives the first
    means = {(start, end): fmean(firsts[start:end]) for end in range(1, count + 1) for start in range(end)}
    firsts = [
        max(min(means[start, end] for end in range(place + 1, count + 1)) for start in range(place + 1))
        for place in range(count)
    ]
    last = high - apart * (len(wanted) - 1)
    return [max(low, min(first, last)) + apart * place for place, first in enumerate(firsts)]


def short_names(labels: Sequence[str]) -> list[str]:
    """Each label where it is short, else its first words, as few as distinguish it from the others; what stands in
    brackets is one word."""
    words = [WORD.findall(label) for label in labels]
    short = []
    for label, own in zip(labels, words, strict=True):
        others = [other for other in words if other is not own]
        count = next((n for n in range(1, len(own)) if not any(one[:n] == own[:n] for one in others)), len(own))
        short.append(label if len(label) <= LONGEST_LABEL else " ".join(own[:count]).rstrip(","))
    return short
