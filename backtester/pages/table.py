"""A table: the texts that a template shows, and the values at full precision that its csv has."""

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
    """Bars in a cell, from a zero line: `values` has each bar's colour key and value, and `low` and `high` are the ends
    of the scale, which all cells of a column share."""

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
    """A cell of a table.

    `tone` are classes of style.css (`gain t1`, `words`, ...), `title` is the tooltip, `small` a text in small type
    below the text. `picture` is anything that the page's template has a macro for. `values` are those in the csv, one
    for each column of the cell's head: None stands for the text, an empty tuple for a cell that is not in the csv.
    `card` is the cell's heading when its row is shown as a card, if that is not the column's.
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
    """The head of a row or column: a text, and `note`, a second line.

    `title` is the tooltip. A strategy's head has its colour `key`, `dash` and `flags`. `values` are the names of a
    column in the csv, or the first cells of a row there; None stands for the text. `link` is the id of an explanation.
    Neighbouring columns with the same `group` share a heading. `card` is the heading in a row that is shown as a card.
    `asset` is the role of a column that readers can hide. `tone` and `picture` are as in a cell.
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
    """A row of a table; its `kind` is empty, `group` for a heading across the table, or `total`."""

    head: Head
    cells: tuple[Cell, ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table; `name` is its id in the page and its csv's name, `corner` the heading of its rows' heads, and `index`
    the names of the csv's first columns.

    With `cards`, a phone shows each row as a card, with each figure under its `card` heading. In other tables of three
    or more columns, a script shows each row on a phone in several lines, with each figure after its heading.
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
        """The headings over neighbouring columns, each with the number of its columns; empty if no column has one."""
        runs = itertools.groupby(head.group for head in self.heads)
        spans = tuple((text, len(tuple(heads))) for text, heads in runs)
        return spans if any(text for text, _ in spans) else ()


def leg_bars(windows: list[dict[str, Any]], legs: tuple[tuple[str, str, str], ...], ending: str = "") -> list[Bars]:
    """The bars of a column of the returns of the legs (the stocks and the bonds), one for each window, on one scale.

    `legs` has each leg's key, label and colour; its return in a window has the key and `ending` as its key.
    """
    rows = [tuple((colour, window[leg + ending] or 0.0) for leg, _, colour in legs) for window in windows]
    values = [0.0, *(value for row in rows for _, value in row)]
    return [Bars(row, min(values), max(values)) for row in rows]


def strategy_head(named: Named, note: str = "", *, columns: tuple[str, ...] = ()) -> Head:
    """The head of a strategy's row or column; `columns` names its columns in the csv after the first."""
    values = (named.name, *(f"{named.name}: {column}" for column in columns))
    return Head(
        named.label,
        note,
        title=named.recipe,
        key=named.key,
        dash=named.dash,
        flags=named.flags,
        values=values,
    )


def points_cell(value: float | None, places: int = 1, *, tone: str = "", signed: bool = False) -> Cell:
    """The cell of a fraction, shown in percent without a percent sign."""
    return Cell(points(value, places, signed=signed), tone, values=(value,))


def number_cell(value: float | None, places: int = 2) -> Cell:
    """The cell of a number."""
    return Cell(number(value, places), values=(value,))


def interval_cell(text: str, value: CellValue, interval: Interval, small: str, tone: str = "") -> Cell:
    """The cell of a figure with its interval in small type; the csv has the figure and both ends, None without one."""
    return Cell(text, tone, small=small, values=(value, *(interval or (None, None))))


def interval_text(interval: Interval, places: int, *, signed: bool = True) -> str:
    """An interval of fractions in percent as text, such as "−0.20 to +0.80"; empty if there is none."""
    return " to ".join(points(end, places, signed=signed) for end in interval or ())


def mean_of_known(values: Iterable[float | None]) -> float | None:
    """The mean of the values that are not None; None if there are none."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def period_head(start: str, end: str) -> Head:
    """The head of a row for the period between two ISO dates, which the csv has in two columns."""
    return Head(period(start, end), values=(start, end))


def group_row(text: str, link: str = "") -> TableRow:
    """A row with a heading across the table, for the rows after it."""
    return TableRow(Head(text, link=link), kind="group")


def strategy_heads(names: Iterable[Named], *, columns: tuple[str, ...] = ()) -> tuple[Head, ...]:
    """The heads of the strategies' columns."""
    return tuple(strategy_head(named, columns=columns) for named in names)


def tone(difference: float | None, steps: tuple[float, float, float] = (0.001, 0.01, 0.03)) -> str:
    """The CSS classes of a difference: gain or loss, and t1 to t3 by the steps reached; empty below the first step."""
    size = sum(abs(difference or 0.0) >= step for step in steps)
    return f"{'gain' if (difference or 0.0) > 0 else 'loss'} t{size}" if size else ""
