"""What a replication comes to: figures published and obtained, and the lines of its chart."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Figure:
    """A published figure and the one obtained, both in `unit`, and how far apart they may be.

    `differs` is by how much the obtained one is known to be off, for a reason that the page gives.
    """

    what: str
    published: float
    obtained: float
    tolerance: float
    unit: str = ""
    differs: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the obtained one is as near as the tolerance asks."""
        return abs(self.obtained - self.differs - self.published) <= self.tolerance + 1e-12


@dataclass(frozen=True)
class Replication:
    """A published result: its title, what was done and why figures may differ, the figures, and a chart's lines by
    name, dates x lines, drawn on a logarithmic scale."""

    title: str
    about: str
    figures: tuple[Figure, ...]
    chart: pd.DataFrame
