"""The choice of the column of a csv from which a series is taken."""

import re

from backtester.errors import DataError
from backtester.histories.providers.parse import CsvTable, find_heading

ADJUSTED_HEADINGS = ("adjclose", "adjustedclose")  # as `_letters` returns them
CLOSE_HEADINGS = ("close",)


def choose_column(table: CsvTable, asked: str | None, kind: str) -> tuple[str, str]:
    """The heading of the column for a series of a kind such as `price`, and the reason for it, empty if there was none.

    This is the column named `asked` or, if `asked` is a ticker, the column with its closes. Without a name it is the
    only column, or the closes: for a total return those adjusted for dividends. Raise DataError if there is no such
    column, or several are possible.
    """
    headings = table.headings
    if asked is not None:
        return _named_column(headings, asked, kind, table.name)
    if len(headings) < 2:
        if not headings:
            raise DataError(f"{table.name} has no column of figures beside its dates")
        return headings[0], ""
    has_adjusted = any(_letters(heading) in ADJUSTED_HEADINGS for heading in headings)
    for close_headings, reason in _close_preferences(kind, has_adjusted):
        if closes := [heading for heading in headings if _letters(heading) in close_headings]:
            return closes[0], reason
    raise DataError(
        f"{table.name} has columns {', '.join(headings)}; say which: --column, or --as ROLE=COLUMN for several"
    )


def _named_column(headings: list[str], asked: str, kind: str, name: str) -> tuple[str, str]:
    """The heading that equals `asked` or, in a file with prices of several tickers, the closes of the ticker `asked`.

    yfinance writes such headings as "Close SPY". The reason for the choice is empty for an equal heading.
    """
    if asked.lower() not in [heading.lower() for heading in headings]:
        parts = {heading: _without_ticker(heading, asked) for heading in headings}
        has_adjusted = any(part in ADJUSTED_HEADINGS for part in parts.values())
        for close_headings, reason in _close_preferences(kind, has_adjusted):
            if closes := [heading for heading, part in parts.items() if part in close_headings]:
                return closes[0], reason
    return find_heading(headings, asked, name), ""


def _without_ticker(heading: str, ticker: str) -> str:
    """The letters of a heading without the ticker before or after it; empty if it does not have that ticker."""
    first, _, rest = heading.lower().partition(" ")
    beginning, _, last = heading.lower().rpartition(" ")
    return _letters(rest if first == ticker.lower() else beginning if last == ticker.lower() else "")


def _close_preferences(kind: str, has_adjusted: bool) -> list[tuple[tuple[str, ...], str]]:
    """The headings of closes in order of preference for a kind, each with the reason for taking it."""
    if kind == "total_return":
        return [
            (ADJUSTED_HEADINGS, "adjusted for dividends, as a total return needs"),
            (CLOSE_HEADINGS, "there is no 'Adj Close': see that dividends are in it"),
        ]
    reason = "not adjusted for dividends" if has_adjusted else ""
    return [(CLOSE_HEADINGS, reason), (ADJUSTED_HEADINGS, "there is no 'Close': it is adjusted for dividends")]


def _letters(heading: str) -> str:
    """The letters of a heading, in lower case."""
    return re.sub("[^a-z]", "", heading.lower())
