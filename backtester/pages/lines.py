"""Line charts as inline SVG, with a label at the end of each line: small charts that need no script.

A browser stretches the plot in x only. Ticks and labels stand outside it, in px, so that no text is stretched.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

PLOT_WIDTH = 1000  # width of a plot in SVG units, which a browser stretches
LABEL_DISTANCE = 14.0  # px between labels
LABEL_MARGIN = 7.0  # px above and below the outermost label
TICK_STEPS = (1, 2, 5, 10)
WORD = re.compile(r"\([^()]*\)\S*|\S+")  # a word, or a text in brackets with what follows it
LONGEST_LABEL = 11  # characters of a label that there is room for at a line's end
EVENT_LINE_HEIGHT = 16.0  # px of a line of text on the event


@dataclass(frozen=True)
class Line:
    """A line of a chart: `key` names its colour, `values` are its heights on an even axis, NaN for none; `dash` is an
    SVG dash array, and `tone` a CSS class."""

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
    """The scale of a y-axis: values from `low` to `high` on `height` px, the highest on top."""

    low: float
    high: float
    height: float

    def place(self, value: float) -> float:
        """The distance of a value from the top, in px."""
        return self.height * (self.high - value) / (self.high - self.low)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Two to seven round values."""
        power = 10.0 ** math.floor(math.log10((self.high - self.low) / 6))
        step = next(power * digit for digit in TICK_STEPS if (self.high - self.low) / (power * digit) <= 6)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return tuple(step * number for number in range(first, last + 1))


@dataclass(frozen=True)
class Label:
    """A label at a line's end: the line's end is `at` px from the top, and the label's text `place` px."""

    line: Line
    at: float
    place: float
    text: str


@dataclass(frozen=True)
class Panel:
    """A small chart: a title, a note, the texts below both ends of the x-axis, the lines and their scale.

    `shaded` is the part that is shaded as an event, from and to in percent of the width; `event_lines` is a text on the
    event, line by line.
    """

    title: str
    note: str
    ends: tuple[str, str]
    lines: tuple[Line, ...]
    scale: Scale
    shaded: tuple[float, float] | None = None
    event_lines: tuple[str, ...] = ()

    def path(self, line: Line) -> str:
        """The line as the data of an SVG path, with a gap where a value is NaN."""
        last, parts, is_drawing = max(1, len(line.values) - 1), [], False
        for index, value in enumerate(line.values):
            if math.isnan(value):
                is_drawing = False
                continue
            command = "L" if is_drawing else "M"  # SVG: draw a line to the point, or move there
            parts.append(f"{command}{PLOT_WIDTH * index / last:.0f} {self.scale.place(value):.1f}")
            is_drawing = True
        return "".join(parts)

    @property
    def event_left(self) -> float:
        """The left edge of the event's text, in percent of the width: after the shaded part, if the lowest label leaves
        room for the text at the foot of the chart, else where the shaded part begins."""
        first, last = self.shaded or (0.0, 0.0)
        lowest = max((label.place for label in self.labels), default=0.0)
        text_top = self.scale.height - EVENT_LINE_HEIGHT * (len(self.event_lines) + 1)
        return last if lowest + LABEL_DISTANCE < text_top else first

    @property
    def labels(self) -> tuple[Label, ...]:
        """A label for each line with a last value, from top to bottom, at least `LABEL_DISTANCE` apart."""
        lines = sorted((line for line in self.lines if not math.isnan(line.last)), key=lambda line: -line.last)
        line_ends = [self.scale.place(line.last) for line in lines]
        places = spread_apart(line_ends, LABEL_DISTANCE, LABEL_MARGIN, self.scale.height - LABEL_MARGIN)
        texts = [f"{line.last:+.1f}".replace("-", "\N{MINUS SIGN}") for line in lines]
        by_label = zip(lines, line_ends, places, texts, strict=True)
        return tuple(Label(line=line, at=at, place=place, text=text) for line, at, place, text in by_label)


def spread_apart(wanted: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """Places close to the ascending ones in `wanted`, at least `distance` apart and, if they fit, from `low` to `high`.

    Neighbours that would overlap become a block around their mean (isotonic regression: Ayer et al. 1955).
    """
    count = len(wanted)
    # for each, where the first would stand if all were `distance` apart and this one at its own place
    own = [min(max(place, low), high) - distance * index for index, place in enumerate(wanted)]
    means = {(first, end): fmean(own[first:end]) for end in range(1, count + 1) for first in range(end)}
    starts = [
        max(min(means[first, end] for end in range(index + 1, count + 1)) for first in range(index + 1))
        for index in range(count)
    ]
    last_start = high - distance * (len(wanted) - 1)
    return [max(low, min(start, last_start)) + distance * index for index, start in enumerate(starts)]


def short_names(labels: Sequence[str]) -> list[str]:
    """Labels cut to as few first words as distinguish each from the others; short labels are kept.

    A text in brackets counts as one word.
    """
    words_of = [WORD.findall(label) for label in labels]
    names = []
    for label, words in zip(labels, words_of, strict=True):
        others = [other for other in words_of if other is not words]
        count = next((n for n in range(1, len(words)) if all(other[:n] != words[:n] for other in others)), len(words))
        names.append(label if len(label) <= LONGEST_LABEL else " ".join(words[:count]).rstrip(","))
    return names
