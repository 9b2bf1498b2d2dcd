"""Fields to dates and numbers, in the forms in which providers send them."""

import numpy as np
import pytest

from backtester.errors import DataError
from backtester.histories.providers.parse import MISSING_TEXTS, _decimal, find_column, parse_table, read_csv_table
from backtester.histories.providers.rows import CsvRows, Dialect

FILES = {
    "fred": b"observation_date,DGS10\n1962-01-02,4.06\n1962-01-03,\n1962-01-15,3.99\n",
    "fred, older": b"DATE,DGS10\n1962-01-02,4.06\n1962-01-03,.\n1962-01-15,3.99\n",
    "french": b"Banner\n\n,DGS10\n19620102,  4.06\n19620103,NA\n19620115,  3.99\n\nCopyright\n",
    "cboe": b"DATE,DGS10\n01/02/1962,4.060000\n01/03/1962,N/A\n01/15/1962,3.990000\n",
    "yahoo": b"Date,DGS10\r\n1962-01-02,4.06\r\n1962-01-03,null\r\n1962-01-15,3.99\r\n",
}


@pytest.mark.parametrize("provider", FILES)
def test_every_form_gives_the_same_figures(provider: str) -> None:
    """Three rows, one of them missing, as five providers write them."""
    table = parse_table(FILES[provider], provider)
    assert [str(day.date()) for day in table.index] == ["1962-01-02", "1962-01-03", "1962-01-15"]
    assert table.index.dtype == "datetime64[s]"
    np.testing.assert_array_equal(table["DGS10"].to_numpy(), [4.06, np.nan, 3.99])


@pytest.mark.parametrize("mark", MISSING_TEXTS)
def test_marks_of_missing_values(mark: str) -> None:
    """Every mark that providers use for a missing value is NaN."""
    assert parse_table(f"date,x\n2024-01-02,{mark}\n".encode(), "x")["x"].isna().all()


@pytest.mark.parametrize(("field", "number"), [("1e3", 1000), ("-0.5", -0.5), ("+7", 7), ("007", 7), (".5", 0.5)])
def test_numbers_as_people_write_them(field: str, number: float) -> None:
    """Signs, exponents and leading zeros are understood."""
    assert parse_table(f"date,x\n2024-01-02,{field}\n".encode(), "x")["x"].iloc[0] == number


@pytest.mark.parametrize(
    "text",
    [
        "date;x\n2024-01-02;10,5\n2024-01-03;1000\n2024-01-04;-0,25\n",
        "date;x\n2024-01-02;10.5\n2024-01-03;1000\n2024-01-04;-0.25\n",
        "date\tx\n2024-01-02\t10,5\n2024-01-03\t1e3\n2024-01-04\t-,25\n",
        "date|x\n2024-01-02|10.5\n2024-01-03|1000\n2024-01-04|-.25\n",
        "sep=;\ndate;x;\n2024-01-02;10,5;\n2024-01-03;1000;\n2024-01-04;-0,25;\n",
        "date,x\n2024-01-04,-0.25\n2024-01-03,1000\n2024-01-02,10.5\n",
        "Prices\n\n,date,x\n0,2024-01-02,10.5\n1,2024-01-03,1000\n2,2024-01-04,-0.25\n",
        "index,date,x\n7,2024-01-04,-0.25\n3,2024-01-03,1000\n1,2024-01-02,10.5\n",
    ],
)
def test_forms_of_files(text: str) -> None:
    """Separators, decimal marks, newest first, row numbers and yfinance's headers: all are the same three figures."""
    table = parse_table(text.encode(), "x")
    assert [str(day.date()) for day in table.index] == ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert list(table["x"]) == [10.5, 1000, -0.25]


@pytest.mark.parametrize("rows", ["2024-01-02,1\n2024-01-03,2\n", "2024-01-03,2\n2024-01-02,1\n"])
def test_a_column_ascends_whatever_the_order_of_the_rows(rows: str) -> None:
    """One alone, as when a series is read, as much as all of them."""
    column = read_csv_table(f"date,x\n{rows}".encode(), "x").column("x")
    assert [(day.day, value) for day, value in column.items()] == [(2, 1.0), (3, 2.0)]


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("date;x\n2024-01-02;1,500\n2024-01-03;2\n", {",": [1.5, 2], ".": None}),
        ("date;x\n2024-01-02;1.500\n2024-01-03;2\n", {".": [1.5, 2], ",": None}),
        ('date,x\n2024-01-02,"1,5"\n2024-01-03,2\n', {",": [1.5, 2], ".": None}),
    ],
)
def test_the_decimal_mark_can_be_said(text: str, expected: dict[str, list[float] | None]) -> None:
    """Said, it is the only mark that a number may have; thousands are never marked."""
    for decimal, numbers in expected.items():
        if numbers is None:
            with pytest.raises(DataError, match="is not a finite number"):
                parse_table(text.encode(), "x", Dialect(decimal=decimal))
        else:
            assert list(parse_table(text.encode(), "x", Dialect(decimal=decimal))["x"]) == numbers


def test_the_separator_can_be_said() -> None:
    """A first field with the usual separators in it is one field where another was named."""
    assert list(parse_table(b"date|a;b\n2024-01-02|1\n", "x", Dialect(sep="|"))["a;b"]) == [1]
    words = r"^x: no row begins with a date; line 2 is '2024-01-02,1'; .* first column, with ';' after them \("
    with pytest.raises(DataError, match=words):
        parse_table(b"date,a\n2024-01-02,1\n", "x", Dialect(sep=";"))


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("Price,Adj Close,Close\nTicker,SPY,SPY\nDate,,", ["Adj Close", "Close"]),
        ("Price,Close,Close\nTicker,SPY,GLD\nDate,,", ["SPY", "GLD"]),
        ("Ticker,SPY,GLD\nPrice,Close,Close\nDate,,", ["SPY", "GLD"]),
        ("Ticker,SPY,GLD\nPrice,Close,Open\nDate,,", ["SPY Close", "GLD Open"]),
        (",Adj Close,Close\n,SPY,GLD\nDate,,", ["Adj Close SPY", "Close GLD"]),
        ("Date,Close,Close\n,SPY,GLD", ["SPY", "GLD"]),
        ("Banner\n\n,SPY,GLD", ["SPY", "GLD"]),
        ("of the day, the week, the year\n,SPY,GLD", ["SPY", "GLD"]),
        ("Index,SPY,GLD\nDate,,", ["SPY", "GLD"]),
        (",0,1", ["0", "1"]),
        ("Date,2,10", ["2", "10"]),
    ],
)
def test_headers_of_two_and_three_rows(header: str, names: list[str]) -> None:
    """As pandas and yfinance write them; what is the same in all columns is left out of their names."""
    table = parse_table(f"{header}\n2024-01-02,1,2\n2024-01-03,3,4\n".encode(), "x")
    assert list(table.columns) == names
    assert table.to_numpy().tolist() == [[1, 2], [3, 4]]


def test_one_column_below_two_headers_has_a_name() -> None:
    """What is the same in all columns is not left out where nothing else is there."""
    text = b"Price,Close\nTicker,SPY\nDate,\n2024-01-02,1\n"
    assert list(parse_table(text, "x").columns) == ["Close SPY"]


def test_real_rows_of_yfinance() -> None:
    """A file with a banner of nothing, times at midnight in New York and the offset of summer from March on."""
    rows = "2024-03-08 00:00:00-05:00,1\n2024-03-11 00:00:00-04:00,2\n"
    table = parse_table(f"Date,Close\n{rows}".encode(), "x")
    assert [str(day.date()) for day in table.index] == ["2024-03-08", "2024-03-11"]


@pytest.mark.parametrize(("said", "field", "other"), [(".", "1,5", ","), (",", "1.5", ".")])
def test_the_other_mark_is_proposed(said: str, field: str, other: str) -> None:
    """Where the number would be one with it; of what is no number nothing is proposed."""
    with pytest.raises(DataError, match=rf"is not a finite number; with a decimal '\{other}' say --decimal \{other}"):
        parse_table(f"date;x\n2024-01-01;{field}\n".encode(), "x.csv", Dialect(decimal=said))
    with pytest.raises(DataError, match=r"'one' is not a finite number$"):
        parse_table(b"date;x\n2024-01-01;one\n", "x.csv", Dialect(decimal=said))


@pytest.mark.parametrize(
    ("fields", "mark"),
    [
        (["1,5"], ","), (["1.5"], "."), (["1", "2"], "."), (["1.5", "2,5"], ","), (["1.234", "2.5"], "."),
        (["1,234", "2,5"], ","),
    ],
)  # fmt: skip
def test_the_decimal_mark_that_numbers_have(fields: list[str], mark: str) -> None:
    """One number with a mark is enough, if it cannot stand between thousands; a point where none has any."""
    rows = CsvRows(["x"], [["2024-01-02", field] for field in fields], list(range(2, 2 + len(fields))), ";")
    assert _decimal(rows, "x.csv") == mark


@pytest.mark.parametrize(("field", "mark"), [("1,234", ","), ("1.234", ".")])
def test_a_mark_that_may_stand_between_thousands(field: str, mark: str) -> None:
    """Where every number has it so, as one has."""
    with pytest.raises(DataError) as told:
        parse_table(f"date;x\n2024-01-02;{field}\n".encode(), "x.csv")
    assert f"the {mark!r} in {field!r}, as in every other number, may be a decimal mark" in str(told.value)


def test_two_columns_of_one_name_are_refused() -> None:
    """A name is that of one column."""
    with pytest.raises(DataError, match=r"x\.csv: two columns are named 'a'; rename one"):
        parse_table(b"date,a,b,a\n2024-01-02,1,2,3\n", "x.csv")
