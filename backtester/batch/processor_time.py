"""The processor time of a study, in seconds by stage."""

import time


class ProcessorMeter:
    """The processor time of this process since it began, and of the workers that it started, in seconds by stage.

    Not counted: workers of a cluster, and the imports of the process that worker processes are forked from.
    """

    def __init__(self, first_stage: str) -> None:
        """A meter that counts all time as the first stage's until another stage starts."""
        self.seconds, self._stage, self._stage_start = {first_stage: 0.0}, first_stage, 0.0

    def add(self, seconds: float) -> None:
        """Add seconds, which a worker took, to the current stage."""
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + seconds

    def start_stage(self, stage: str) -> None:
        """Add the time of this process since the current stage started to it, and start the next stage."""
        now = time.process_time()
        self.add(now - self._stage_start)
        self._stage, self._stage_start = stage, now
