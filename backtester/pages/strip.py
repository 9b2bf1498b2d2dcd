"""A strip: events along a time axis, a dot each, with counts over its stretches; drawn as SVG, without a script."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

MARGIN = 1.0  # percent of the width on either side
TICKS_AT_MOST = 8


@dataclass(frozen=True)
class Strip:
    """What the macro of this name draws; all places are in percent of the width.

    `dots` are places and whether each is filled, `stretches` the ends of each and a text over it, `ticks` years.
    `words` say what the strip shows to those who do not see it.
    """

    caption: str
    words: str
    dots: tuple[tuple[float, bool], ...]
    stretches: tuple[tuple[float, float, str], ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Span:
    """The stretch of time that a strip covers, from one ISO date to another."""

    first: str
    last: str

    def place(self, iso: str) -> float:
        """Where a date stands, in percent of the width; one outside stands at the nearer end."""
        start, end, day = (datetime.date.fromisoformat(one).toordinal() for one in (self.first, self.last, iso))
        share = (min(max(day, start), end) - start) / (end - start or 1)
        return MARGIN + (100 - 2 * MARGIN) * share


def strip(
    caption: str,
    words: str,
    span: Span,
    events: Sequence[tuple[str, bool]],
    stretches: Sequence[tuple[str, str, str]],
) -> Strip:
    """The strip of events, each an ISO date and whether its dot is filled, and stretches, each two dates and a text."""
    return Strip(
        caption,
        words,
        tuple((span.place(day), filled) for day, filled in events),
        tuple((_edge(span, first, 0.0), _edge(span, last, 100.0), text) for first, last, text in stretches),
        tuple((span.place(f"{year}-01-01"), str(year)) for year in _years(span)),
    )


def _edge(span: Span, iso: str, end: float) -> float:
    """The place of a stretch's end; that of the strip where the stretch goes on beyond it."""
    return span.place(iso) if span.first < iso < span.last else end


def _years(span: Span) -> range:
    """Round years inside the span, no more than fit."""
    first, last = int(span.first[:4]), int(span.last[:4])
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if (last - first) / step < TICKS_AT_MOST)
    return range(-(-(first + 1) // step) * step, last + 1, step)
