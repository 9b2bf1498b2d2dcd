"""Names of columns from one, two or three header rows."""

import pytest

from backtester.histories.providers.headings import column_names


@pytest.mark.parametrize(
    ("above", "last", "names"),
    [
        ([], ["Date", "SPY"], ["Date", "SPY"]),
        ([["a title", ""]], ["Date", "SPY"], ["Date", "SPY"]),
        ([["", "SPY", "GLD"]], ["Date", "Close", "Close"], ["Date", "Close", "Close"]),
        ([["Price", "Close", "Open"], ["Ticker", "SPY", "SPY"]], ["Date", "", ""], ["Date", "Close", "Open"]),
        ([["Price", "Close"], ["Ticker", "SPY"]], ["Date", ""], ["Date", "Close SPY"]),
        ([["Date", "SPY", "GLD"]], ["", "Close", "Close"], ["", "SPY", "GLD"]),
        ([["Date", "SPY", "SPY", "GLD"]], ["", "Close", "Open", "Open"], ["", "SPY Close", "SPY Open", "GLD Open"]),
        ([["Name", "SPY", "GLD"]], ["", "Close", "Close"], ["", "Close", "Close"]),
        (
            [["Prices", "up", "down"], ["Price", "Close", "Open"], ["Ticker", "SPY", "GLD"]],
            ["Date", "", ""],
            ["Date", "Close SPY", "Open GLD"],
        ),
    ],
)
def test_names_by_hand(above: list[list[str]], last: list[str], names: list[str]) -> None:
    """What differs between columns is their name; rows above that are no header count for nothing."""
    assert column_names(above, last) == names
