"""The choice of the column of a csv that a series is taken from."""

import re

from backtester.errors import DataError
from backtester.histories.providers.parse import CsvTable, find_heading

ADJUSTED = ("adjclose", "adjustedclose")  # headings, their letters alone
CLOSE_COLUMN = ("close",)


def choose_column(table: CsvTable, asked: str | None, kind: str) -> tuple[str, str]:
    """The heading of a series' column, and the reason for it, empty if there was no choice.

    This is the column named `asked` or, if `asked` is a ticker, the column with its closes. Without a name it is the
    only column, or the closes: for a total return those adjusted for dividends. Raise DataError if there is no such
    column, or several are possible.
    """
    headings = table.headings
    if asked is not None:
        return _asked(headings, asked, kind, table.name)
    if len(headings) < 2:
        if not headings:
            raise DataError(f"{table.name} has no column of figures beside its dates")
        return headings[0], ""
    for words, why in _closes(kind, any(_letters(one) in ADJUSTED for one in headings)):
        if found := [heading for heading in headings if _letters(heading) in words]:
            return found[0], why
    raise DataError(
        f"{table.name} has columns {', '.join(headings)}; say which: --column, or --as ROLE=COLUMN for several"
    )


def _asked(headings: list[str], asked: str, kind: str, name: str) -> tuple[str, str]:
    lower = [heading.lower() for heading in headings]
    if asked.lower() not in lower:  # of a file with several of each ticker, as yfinance writes them
        parts = {heading: _beside(heading, asked) for heading in headings}
        for words, why in _closes(kind, any(part in ADJUSTED for part in parts.values())):
            if found := [heading for heading, part in parts.items() if part in words]:
                return found[0], why
    return find_heading(headings, asked, name), ""


def _beside(heading: str, asked: str) -> str:
    """The letters of a heading before or after the name `asked`; empty if the heading does not have that name."""
    first, _, rest = heading.lower().partition(" ")
    begin, _, last = heading.lower().rpartition(" ")
    return _letters(rest if first == asked.lower() else begin if last == asked.lower() else "")


def _closes(kind: str, has_adjusted: bool) -> list[tuple[tuple[str, ...], str]]:
    """The headings of closes in order of preference for a kind, each with the reason."""
    if kind == "total_return":
        return [
            (ADJUSTED, "adjusted for dividends, as a total return needs"),
            (CLOSE_COLUMN, "there is no 'Adj Close': see that dividends are in it"),
        ]
    why = "not adjusted for dividends" if has_adjusted else ""
    return [(CLOSE_COLUMN, why), (ADJUSTED, "there is no 'Close': it is adjusted for dividends")]


def _letters(heading: str) -> str:
    return re.sub("[^a-z]", "", heading.lower())
