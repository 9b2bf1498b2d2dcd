"""A table: the texts that a template writes as HTML, and the values that its csv holds at full precision."""

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from backtester.arrays import Interval
from backtester.pages.format import number, period, points
from backtester.pages.names import Flag, Named

CellValue = str | int | float | None
CellValues = tuple[CellValue, ...]


@dataclass(frozen=True)
class Bars:
    """Bars from a zero line, each with its colour; `low` and `high` are the ends of the scale that a column shares."""

    values: tuple[tuple[str, float], ...]
    low: float
    high: float

    @property
    def zero(self) -> float:
        """The place of the zero line, in percent of the width."""
        return -100 * self.low / self._span

    @property
    def drawn(self) -> tuple[tuple[str, float, float], ...]:
        """Each bar's colour, left end and width, in percent of the width."""
        return tuple(
            (key, self.zero + 100 * min(value, 0.0) / self._span, 100 * abs(value) / self._span)
            for key, value in self.values
        )

    @property
    def _span(self) -> float:
        return self.high - self.low or math.inf


@dataclass(frozen=True)
class Cell:
    """A cell: its text; a tone (a class of style.css: `gain t1`, `words`, ...); its tooltip; or a picture.

    `picture` is drawn by a macro of its own. `values` are those in the csv, one for each column of the cell's head;
    None stands for the text, an empty tuple for a cell that is not in the csv. `card` is its heading on a card, where
    that is not its column's.
    """

    text: str
    tone: str = ""
    title: str = ""
    bars: Bars | None = None
    picture: Any = None
    values: CellValues | None = None
    small: str = ""
    card: str = ""


@dataclass(frozen=True)
class Head:
    """A row's or column's head: its text, a second line, a class, and for a strategy colour, dashes and flags.

    `values` are the names of a column in the csv, or the first cells of a row there; None stands for the text. `link`
    is the id of its explanation; neighbouring columns of one `group` share a heading, `card` is the heading on a card,
    and `asset` the role whose column it is, which a reader can leave out.
    """

    text: str
    note: str = ""
    title: str = ""
    key: str = ""
    dash: str = ""
    flags: tuple[Flag, ...] = ()
    tone: str = ""
    values: CellValues | None = None
    link: str = ""
    picture: Any = None
    group: str = ""
    card: str = ""
    asset: str = ""


@dataclass(frozen=True)
class TableRow:
    """A row; `kind` is empty, `group` (a heading across the table) or `total`."""

    head: Head
    cells: tuple[Cell, ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table: `corner` names what the rows are, `caption` says what to see; `index` names the csv's first columns.

    With `cards` a phone shows each row as a card, each figure under its heading's `card`. In other tables of three
    columns or more the page's script shows each row in several lines, each figure after its heading.
    """

    name: str
    caption: str
    corner: str
    heads: tuple[Head, ...]
    rows: tuple[TableRow, ...]
    note: str = ""
    index: tuple[str, ...] = ()
    cards: bool = False

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """The headings over neighbouring columns, and how many columns each spans; empty if no column has one."""
        runs = itertools.groupby(head.group for head in self.heads)
        found = tuple((text, len(tuple(own))) for text, own in runs)
        return found if any(text for text, _ in found) else ()


def leg_bars(windows: list[dict[str, Any]], legs: tuple[tuple[str, str, str], ...], ending: str = "") -> list[Bars]:
    """The bars of a column, one for each window, on one scale; `legs` are key (before `ending`), label and colour."""
    rows = [tuple((colour, window[leg + ending] or 0.0) for leg, _, colour in legs) for window in windows]
    values = [0.0, *(value for row in rows for _, value in row)]
    return [Bars(row, min(values), max(values)) for row in rows]


def strategy_head(named: Named, note: str = "", *, columns: tuple[str, ...] = ()) -> Head:
    """The head of a strategy's row or column; `columns` names those of its csv columns that follow the first."""
    values = (named.name, *(f"{named.name}: {column}" for column in columns))
    return Head(named.label, note, named.recipe, named.key, named.dash, named.flags, values=values)


def points_cell(value: float | None, places: int = 1, *, tone: str = "", signed: bool = False) -> Cell:
    """A fraction shown in percent without the sign."""
    return Cell(points(value, places, signed=signed), tone, values=(value,))


def number_cell(value: float | None, places: int = 2) -> Cell:
    """A number as it is."""
    return Cell(number(value, places), values=(value,))


def interval_cell(text: str, value: CellValue, interval: Interval, small: str, tone: str = "") -> Cell:
    """A figure, with the text of its interval as `small`; the csv has the figure and both ends, empty without one."""
    return Cell(text, tone, small=small, values=(value, *(interval or (None, None))))


def interval_text(interval: Interval, places: int, *, signed: bool = True) -> str:
    """An interval of fractions in percent, as `−0.20 to +0.80`; empty where there is none."""
    return " to ".join(points(end, places, signed=signed) for end in interval or ())


def mean_of_known(values: Iterable[float | None]) -> float | None:
    """The mean of the values that are not None; None if there are none."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def period_head(start: str, end: str) -> Head:
    """The head of a row for the period between two ISO dates, which the csv has in two columns."""
    return Head(period(start, end), values=(start, end))


def group_row(text: str, link: str = "") -> TableRow:
    """A heading across the table, over the rows that follow it."""
    return TableRow(Head(text, link=link), kind="group")


def strategy_heads(names: Iterable[Named], *, columns: tuple[str, ...] = ()) -> tuple[Head, ...]:
    """The heads of the strategies' columns."""
    return tuple(strategy_head(named, columns=columns) for named in names)


def tone(gap: float | None, steps: tuple[float, float, float] = (0.001, 0.01, 0.03)) -> str:
    """The tone of a difference: gain or loss and its size from 1 to 3; empty below the first step."""
    size = sum(abs(gap or 0.0) >= step for step in steps)
    return f"{'gain' if (gap or 0.0) > 0 else 'loss'} t{size}" if size else ""
