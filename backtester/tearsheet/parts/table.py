"""A table of text, which one template writes as HTML."""

from dataclasses import dataclass

from backtester.tearsheet.names import Flag, Named


@dataclass(frozen=True)
class Bars:
    """Bars from a zero line, each with its colour; `low` and `high` are the ends of the scale that a column shares."""

    values: tuple[tuple[str, float], ...]
    low: float
    high: float

    @property
    def zero(self) -> float:
        """Where the zero line stands, in percent of the width."""
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
        return self.high - self.low or 1.0


@dataclass(frozen=True)
class Cell:
    """A cell: its text; a tone (a class of style.css: `gain t1`, `words`, ...); what the pointer is told; or bars."""

    text: str
    tone: str = ""
    title: str = ""
    bars: Bars | None = None


@dataclass(frozen=True)
class Head:
    """A row's or column's head: its text, a second line, a class, and for a strategy colour, dashes and flags."""

    text: str
    note: str = ""
    title: str = ""
    key: str = ""
    dash: str = ""
    flags: tuple[Flag, ...] = ()
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """A row; `kind` is empty, `group` (a heading across the table) or `total`."""

    head: Head
    cells: tuple[Cell, ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table: `corner` names what the rows are, `caption` says what to see."""

    name: str
    caption: str
    corner: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    note: str = ""


def leg_bars(rows: list[dict[str, float]]) -> list[Bars]:
    """The bars of a column, a row each, on one scale; each row maps colours to values."""
    values = [value for row in rows for value in row.values()]
    low, high = min([0.0, *values]), max([0.0, *values])
    return [Bars(tuple(row.items()), low, high) for row in rows]


def strategy_head(named: Named, note: str = "") -> Head:
    """The head of a strategy's row or column."""
    return Head(named.label, note, named.recipe, named.key, named.dash, named.flags)


def tone(gap: float | None, steps: tuple[float, float, float] = (0.001, 0.01, 0.03)) -> str:
    """The tone of a difference: gain or loss, with 1 to 3 for how large; empty below the first step."""
    size = sum(abs(gap or 0.0) >= step for step in steps)
    return f"{'gain' if (gap or 0.0) > 0 else 'loss'} t{size}" if size else ""
