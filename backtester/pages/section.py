"""A section: its title, what its template shows, and the charts with the data that they draw."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backtester.pages.embed import Group
from backtester.pages.figure import Figure
from backtester.pages.table import Table, tables_in


@dataclass(frozen=True)
class Section:
    """`name` is the anchor and the template's name; `told` is the template's `here`."""

    name: str
    title: str
    told: dict[str, Any]
    figures: tuple[Figure, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def tables(self) -> Iterator[Table]:
        """Every table that the section shows: each has its csv."""
        return tables_in(self.told)
