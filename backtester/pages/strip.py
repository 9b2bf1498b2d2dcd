"""A strip: events along a time axis, a dot each, with counts over its stretches; drawn as SVG, without a script."""

import datetime
from dataclasses import dataclass

STRIP_MARGIN = 1.0  # percent of the width on either side
MOST_STRIP_TICKS = 8


@dataclass(frozen=True)
class Strip:
    """Events from `first` to `last`, dates in ISO; the macro of this name draws it, places are in percent of the width.

    Events are a date and whether the dot is filled, `periods` two dates and a text over them. `words` say what the
    strip shows to those who do not see it; `sides` what a dot above and one below the line mean; `radius` is in px.
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
        """Both ends of each period with its text."""
        return tuple((self._edge(first, 0.0), self._edge(last, 100.0), text) for first, last, text in self.periods)

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Round years inside the strip, no more than fit."""
        first, last = int(self.first[:4]), int(self.last[:4])
        step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if (last - first) / step < MOST_STRIP_TICKS)
        years = range(-(-(first + 1) // step) * step, last + 1, step)
        return tuple((self.place(f"{year}-01-01"), str(year)) for year in years)

    def place(self, iso: str) -> float:
        """Where a date stands; one outside stands at the nearer end."""
        start, end, day = (datetime.date.fromisoformat(one).toordinal() for one in (self.first, self.last, iso))
        share = (min(max(day, start), end) - start) / (end - start or 1)
        return STRIP_MARGIN + (100 - 2 * STRIP_MARGIN) * share

    def _edge(self, iso: str, end: float) -> float:
        """The place of a period's end; that of the strip where the period goes on beyond it."""
        return self.place(iso) if self.first < iso < self.last else end
