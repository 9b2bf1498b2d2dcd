"""Fields to dates and numbers, in the forms in which providers send them."""

import numpy as np
import pytest

from backtester.errors import DataError
from backtester.histories.providers.parse import MISSING, find_column, parse_table

FILES = {
    "fred": b"observation_date,DGS10\n1962-01-02,4.06\n1962-01-03,\n1962-01-04,3.99\n",
    "fred, older": b"DATE,DGS10\n1962-01-02,4.06\n1962-01-03,.\n1962-01-04,3.99\n",
    "french": b"Banner\n\n,DGS10\n19620102,  4.06\n19620103,NA\n19620104,  3.99\n\nCopyright\n",
    "cboe": b"DATE,DGS10\n01/02/1962,4.060000\n01/03/1962,N/A\n01/04/1962,3.990000\n",
    "yahoo": b"Date,DGS10\r\n1962-01-02,4.06\r\n1962-01-03,null\r\n1962-01-04,3.99\r\n",
}


@pytest.mark.parametrize("provider", FILES)
def test_every_form_gives_the_same_figures(provider: str) -> None:
    """Three rows, one of them missing, as five providers write them."""
    table = parse_table(FILES[provider], provider)
    assert [str(day.date()) for day in table.index] == ["1962-01-02", "1962-01-03", "1962-01-04"]
    assert table.index.dtype == "datetime64[s]"
    np.testing.assert_array_equal(table["DGS10"].to_numpy(), [4.06, np.nan, 3.99])


@pytest.mark.parametrize("mark", MISSING)
def test_marks_of_missing_values(mark: str) -> None:
    """Every mark that providers use for a missing value is NaN."""
    assert parse_table(f"date,x\n2024-01-02,{mark}\n".encode(), "x")["x"].isna().all()


@pytest.mark.parametrize(("field", "number"), [("1e3", 1000), ("-0.5", -0.5), ("+7", 7), ("007", 7), (".5", 0.5)])
def test_numbers_as_people_write_them(field: str, number: float) -> None:
    """Signs, exponents and leading zeros are understood."""
    assert parse_table(f"date,x\n2024-01-02,{field}\n".encode(), "x")["x"].iloc[0] == number


def test_the_first_row_says_how_dates_are_written() -> None:
    """A file keeps to one way: 03/04 after it is the fourth of March, as the first row's 12/31 made sure."""
    table = parse_table(b"date,x\n12/31/2023,1\n03/04/2024,2\n", "x")
    assert [str(day.date()) for day in table.index] == ["2023-12-31", "2024-03-04"]


def test_columns_are_found_whatever_their_case() -> None:
    """The very name comes first, then the same letters in another case."""
    table = parse_table(b"date,Close,close,Open\n2024-01-02,1,2,3\n", "x")
    assert [find_column(table, name, "x").iloc[0] for name in ("Close", "close", "OPEN")] == [1, 2, 3]
    with pytest.raises(DataError, match=r"^x has no column 'Opne'; did you mean 'Open'\?$"):
        find_column(table, "Opne", "x")


def test_a_line_number_is_that_of_the_file() -> None:
    """Errors name the line under the banner, blank lines among them, as an editor counts it."""
    with pytest.raises(DataError, match=r"^x, column 'a', line 7: 'ten' is not a finite number$"):
        parse_table(b"Banner\n\ndate,a\n2024-01-02,1\n2024-01-03,2\n\n2024-01-04,ten\n", "x")
