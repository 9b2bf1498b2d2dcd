"""Files with a row a month, as Ken French's are and as facts are carried."""

import pytest

from backtester.errors import DataError
from backtester.histories.providers.months import parse_months

FRENCH = (
    b"Made by hand.\n\n,Mkt-RF,RF\n192611,   2.5,  0.22\n192612,  -1.0,  0.25\n\n Annual\n,Mkt-RF,RF\n 1927, 29, 3.1\n"
)


def test_months_of_ken_french() -> None:
    """The rows below the header, by the first of their months; the table of years behind them is not taken."""
    table = parse_months(FRENCH, "x.csv")
    assert [str(day.date()) for day in table.index] == ["1926-11-01", "1926-12-01"]
    assert list(table["RF"]) == [0.22, 0.25]


def test_months_with_a_hyphen_and_missing_figures() -> None:
    """1962-01 is a month too; a mark for a missing value is NaN."""
    table = parse_months(b"month,value\n1962-01,0.011\n1962-02,.\n", "x.csv")
    assert table["value"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,a\n2024-01-02,1\n", "no row begins with a month below a header; write months like 1962-01 or 196201"),
        ("1962-01,1\n", "no row begins with a month below a header; write months like 1962-01 or 196201"),
        ("m,a\n1962-01,1\n1962-03,1\n", ", line 3: 1962-03 does not follow the month above it"),
        ("m,a\n1962-01,1\n1962-01,1\n", ", line 3: 1962-01 does not follow the month above it"),
        ("m,a\n1962-01,1,2\n", ", line 2: 3 fields below a header of 2; mend the row"),
        ("m,a\n1962-01,one\n", ", line 2: 'one' is not a finite number"),
        ("m,a\n1962-01,inf\n", ", line 2: 'inf' is not a finite number"),
    ],
)
def test_what_is_not_such_a_file_is_refused(text: str, message: str) -> None:
    """The error names the line and what is wrong in it."""
    with pytest.raises(DataError) as told:
        parse_months(text.encode(), "x.csv")
    assert message in str(told.value)
