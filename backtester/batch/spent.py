"""The processor time of a study, in seconds by stage."""

import time


class Meter:
    """Seconds of processor time of this process since it began, and of workers that it started, by what they went into.

    Those of a cluster's workers are not counted; nor is what the process took to import of which workers are forks.
    """

    def __init__(self, first: str) -> None:
        """A meter whose seconds go into the first thing until another is named."""
        self.seconds, self._into, self._since = {first: 0.0}, first, 0.0

    def add(self, seconds: float) -> None:
        """Seconds that a worker took."""
        self.seconds[self._into] = self.seconds.get(self._into, 0.0) + seconds

    def turn_to(self, into: str) -> None:
        """Count what this process has spent since the last turn, and let what it spends from now on go into this."""
        now = time.process_time()
        self.add(now - self._since)
        self._into, self._since = into, now
