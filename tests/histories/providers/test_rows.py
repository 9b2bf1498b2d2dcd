"""The rows of a provider's csv: what is banner, header, figures and footer, and the line numbers of each."""

import pytest

from backtester.errors import DataError
from backtester.histories.providers import rows
from backtester.histories.providers.parse import parse_table
from backtester.histories.providers.rows import read_rows

FRENCH = b"""This file was created by using the 202604 CRSP database.

,Mkt-RF,SMB,HML,RF
19260701,    0.09,   -0.25,   -0.27,    0.01
19260702,    0.45,   -0.33,   -0.06,    0.01

Copyright 2026 Eugene F. Fama and Kenneth R. French
"""


def test_french_between_banner_and_footer() -> None:
    """Of Ken French's file the header and the rows, without the blanks around the figures."""
    read = read_rows(FRENCH, "french.csv")
    assert read.header == ["", "Mkt-RF", "SMB", "HML", "RF"]
    assert read.rows == [["19260701", "0.09", "-0.25", "-0.27", "0.01"], ["19260702", "0.45", "-0.33", "-0.06", "0.01"]]
    assert read.lines == [4, 5]


def test_blank_lines_inside_are_nothing() -> None:
    """Blank lines between rows of figures are left out."""
    assert read_rows(b"date,x\n2024-01-01,1\n\n  \n2024-01-02,2\n\n", "x").rows == [
        ["2024-01-01", "1"],
        ["2024-01-02", "2"],
    ]


@pytest.mark.parametrize(
    "date", ["2024-01-02", "2024-1-2", "20240102", "1/2/2024", '"2024-01-02"', " 2024-01-02 ", "2-Jan-2024"]
)
def test_dates_that_begin_a_row(date: str) -> None:
    """Every way in which providers write the dates of their rows."""
    assert read_rows(f"date,x\n{date},1\n".encode(), "x").rows == [[date.strip(' "'), "1"]]


@pytest.mark.parametrize("line", ["2024,1", "202401,1", "Jam 2 2024,1", "1.5,2024-01-02", "2024-01-023,1"])
def test_what_begins_no_row(line: str) -> None:
    """Years, months and numbers are no dates of rows."""
    with pytest.raises(DataError, match="x: no row begins with a date"):
        read_rows(f"date,x\n{line}\n".encode(), "x")


def test_commas_in_quotes_separate_nothing() -> None:
    """A field in quotes is one field."""
    assert read_rows(b'date,"a, b"\n2024-01-02,"1,5"\n', "x").rows == [["2024-01-02", "1,5"]]


def test_limits_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes, lines or fields are refused before they are taken apart."""
    monkeypatch.setattr(rows, "MAX_BYTES", 1_000_000)
    with pytest.raises(DataError, match=r"^x has 2 MB; at most 1 MB are read$"):
        read_rows(b"x" * 2_000_000, "x")
    monkeypatch.setattr(rows, "MAX_LINES", 10)
    with pytest.raises(DataError, match=r"^x has more than 10 lines; one a day is needed, for 400 years at most$"):
        read_rows(b"\r" * 11, "x")
    monkeypatch.setattr(rows, "MAX_FIELDS", 3)
    with pytest.raises(DataError, match=r"^x: a row of 4 fields; at most 3 are read$"):
        read_rows(b"date,a,b,c\n2024-01-02,1,2,3\n", "x")


@pytest.mark.parametrize("line", ["45293;2", "2024-01-05 2", ",2", "Mean,2", "1) see below", "'2024-01-05',2", "-,2.5"])
def test_figures_are_no_footer(line: str) -> None:
    """After the rows, what begins with a digit, or has as many fields and a number, is a row and never left out."""
    with pytest.raises(DataError, match=r"^x, line 4: "):
        parse_table(f"date,x\n2024-01-02,1\n2024-01-03,1\n{line}\n".encode(), "x")


@pytest.mark.parametrize(
    "line", ["Copyright 2026", "* preliminary", "Source: A, B", ",", "n/a,NA", "a" * 200_000, "," * 30_000]
)
def test_a_footer_is_text(line: str) -> None:
    """Text after the rows is left out, whatever its length, and empty fields."""
    assert read_rows(f"date,x\n2024-01-02,1\n{line}\n".encode(), "x").rows == [["2024-01-02", "1"]]


@pytest.mark.parametrize("line", ["45293,2", ",2", "NaT,2", "20240101x,3"])
def test_figures_are_no_header(line: str) -> None:
    """Above the first date, what looks like a row is not taken for a header or a banner."""
    with pytest.raises(
        DataError, match=r"^x, line 2: .* stands above the first date, on line 3; mend its date, or write"
    ):
        read_rows(f"date,x\n{line}\n2024-01-02,1\n".encode(), "x")


@pytest.mark.parametrize(("numbers", "is_taken"), [("123", True), ("321", True), ("132", False), ("112", False)])
def test_a_column_of_row_numbers_is_left_out(numbers: str, is_taken: bool) -> None:
    """Numbers that go up, or down, before the dates; in another order, or twice the same, they are something else."""
    rows = "".join(f"{number},2024-01-0{place},{place}\n" for place, number in enumerate(numbers, 2))
    text = f"index,date,x\n{rows}".encode()
    if is_taken:
        assert read_rows(text, "x").rows[0] == ["2024-01-02", "2"]
    else:
        with pytest.raises(DataError, match="the first, 'index', does not number the rows"):
            read_rows(text, "x")


def test_blank_lines_below_the_header() -> None:
    """The header is the last line above the rows that has something on it."""
    assert read_rows(b"date,x\n\n2024-01-02,1\n", "x").header == ["date", "x"]


@pytest.mark.parametrize(("fields", "refused"), [(10_000, False), (10_001, True), (20_001, True)])
def test_a_row_has_ten_thousand_fields_at_most(fields: int, refused: bool) -> None:
    """More are refused with their number."""
    content = (",".join(["date", *["x"] * (fields - 1)]) + "\n2024-01-02" + ",1" * (fields - 1) + "\n").encode()
    if refused:
        with pytest.raises(DataError, match=f"a row of {fields:,} fields; at most 10,000 are read"):
            read_rows(content, "wide")
    else:
        assert len(read_rows(content, "wide").rows[0]) == fields


@pytest.mark.parametrize(("text", "line"), [("a\nb\nc\n", 2), ("a\n", 1), ("a\nb\n7,x\n", 3), ("\n\na\n", 3)])
def test_which_line_is_shown_where_none_is_a_row(text: str, line: int) -> None:
    """The first that begins with a digit, or that below the header."""
    with pytest.raises(DataError, match=f"no row begins with a date; line {line} is"):
        read_rows(text.encode(), "x")


def test_limits_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most so many bytes, and so many lines, whatever ends them."""
    content = b"date,x\n2024-01-01,1\n"
    monkeypatch.setattr(rows, "MAX_BYTES", len(content))
    assert len(read_rows(content, "x").rows) == 1
    with pytest.raises(DataError, match="x has 0 MB; at most 0 MB are read"):
        read_rows(content + b"\n", "x")
    monkeypatch.setattr(rows, "MAX_BYTES", 1000)
    monkeypatch.setattr(rows, "MAX_LINES", 2)
    assert len(read_rows(content, "x").rows) == 1
    for end in (b"\n", b"\r"):
        with pytest.raises(DataError, match="more than 2 lines"):
            read_rows(content + end * 3, "x")
