"""A strip: a time axis with dots for events and texts over periods, drawn as SVG, without a script."""

import datetime
import math
from dataclasses import dataclass

STRIP_MARGIN = 1.0  # percent of the width on either side
MOST_STRIP_TICKS = 8


@dataclass(frozen=True)
class Strip:
    """A time axis from `first` to `last`, which the macro `strip` draws. Dates are ISO, places in percent of the width.

    `events` are dates, each with whether its dot is filled; `periods` are the first and last date and the text over
    them. `words` describes the strip for screen readers. `sides` says what a dot above and a dot below the line means;
    None if all are on the line. `radius` of the dots is in px.
    """

    caption: str
    words: str
    first: str
    last: str
    events: tuple[tuple[str, bool], ...] = ()
    periods: tuple[tuple[str, str, str], ...] = ()
    sides: tuple[str, str] | None = None
    radius: float = 3.4

    @property
    def dots(self) -> tuple[tuple[float, bool], ...]:
        """The place of each event, and whether its dot is filled."""
        return tuple((self.place(day), filled) for day, filled in self.events)

    @property
    def stretches(self) -> tuple[tuple[float, float, str], ...]:
        """The places of both ends of each period, and its text."""
        return tuple((self._edge(first, 0.0), self._edge(last, 100.0), text) for first, last, text in self.periods)

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """The places and texts of round years, eight at most."""
        first, last = int(self.first[:4]), int(self.last[:4])
        step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if (last - first) / step < MOST_STRIP_TICKS)
        first_round_year = math.ceil((first + 1) / step) * step
        years = range(first_round_year, last + 1, step)
        return tuple((self.place(f"{year}-01-01"), str(year)) for year in years)

    def place(self, iso: str) -> float:
        """The place of a date; the nearer end for a date outside the strip."""
        start, end, day = (datetime.date.fromisoformat(date).toordinal() for date in (self.first, self.last, iso))
        share = (min(max(day, start), end) - start) / (end - start or math.inf)
        return STRIP_MARGIN * (1 - share) + (100 - STRIP_MARGIN) * share

    def _edge(self, iso: str, end: float) -> float:
        """The place of a period's first or last date; `end`, that of the strip's end, if it is outside the strip."""
        return self.place(iso) if self.first < iso < self.last else end
