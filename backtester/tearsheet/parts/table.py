"""A table of text, which one template writes as HTML."""

from dataclasses import dataclass

from backtester.tearsheet.names import Flag, Named


@dataclass(frozen=True)
class Bar:
    """A bar from the zero line, in units of the widest: -1 to 1, painted in a colour of the palette."""

    key: str
    length: float


@dataclass(frozen=True)
class Cell:
    """A cell: its text; a tone (`gain`, `loss` with 1 to 3, `words`, `none`); what the pointer is told; or bars."""

    text: str
    tone: str = ""
    title: str = ""
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class Head:
    """A row's or column's head: its text, a second line, and for a strategy its colour, dashes, recipe and flags."""

    text: str
    note: str = ""
    title: str = ""
    key: str = ""
    dash: str = ""
    flags: tuple[Flag, ...] = ()


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


def strategy_head(named: Named, note: str = "") -> Head:
    """The head of a strategy's row or column."""
    return Head(named.label, note, named.recipe, named.key, named.dash, named.flags)


def tone(gap: float | None, steps: tuple[float, float, float] = (0.001, 0.01, 0.03)) -> str:
    """The tone of a difference: gain or loss, with 1 to 3 for how large; empty below the first step."""
    size = sum(abs(gap or 0.0) >= step for step in steps)
    return f"{'gain' if (gap or 0.0) > 0 else 'loss'} t{size}" if size else ""
