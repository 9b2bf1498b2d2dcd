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
    assert read.records == [
        ["19260701", "0.09", "-0.25", "-0.27", "0.01"],
        ["19260702", "0.45", "-0.33", "-0.06", "0.01"],
    ]
    assert read.line_numbers == [4, 5]


def test_blank_lines_inside_are_nothing() -> None:
    """Blank lines between rows of figures are left out."""
    assert read_rows(b"date,x\n2024-01-01,1\n\n  \n2024-01-02,2\n\n", "x").records == [
        ["2024-01-01", "1"],
        ["2024-01-02", "2"],
    ]


@pytest.mark.parametrize(
    "date", ["2024-01-02", "2024-1-2", "20240102", "1/2/2024", '"2024-01-02"', " 2024-01-02 ", "2-Jan-2024"]
)
def test_dates_that_begin_a_row(date: str) -> None:
    """Every way in which providers write the dates of their rows."""
    assert read_rows(f"date,x\n{date},1\n".encode(), "x").records == [[date.strip(' "'), "1"]]


@pytest.mark.parametrize("line", ["2024,1", "202401,1", "Jam 2 2024,1", "1.5,2024-01-02", "2024-01-023,1"])
def test_what_begins_no_row(line: str) -> None:
    """Years, months and numbers are no dates of rows."""
    with pytest.raises(DataError, match="x: no row begins with a date"):
        read_rows(f"date,x\n{line}\n".encode(), "x")


def test_commas_in_quotes_separate_nothing() -> None:
    """A field in quotes is one field."""
    assert read_rows(b'date,"a, b"\n2024-01-02,"1,5"\n', "x").records == [["2024-01-02", "1,5"]]


def test_blanks_before_a_quote_are_nothing() -> None:
    """Neither before a date in quotes that stands after a row's number."""
    assert read_rows(b'#,date,x\n1, "2024-01-02", "5"\n2, "2024-01-03",6\n', "x").records == [
        ["2024-01-02", "5"],
        ["2024-01-03", "6"],
    ]


def test_limits_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes, lines or fields are refused before they are taken apart."""
    monkeypatch.setattr(rows, "MAX_CSV_BYTES", 1_000_000)
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
    assert read_rows(f"date,x\n2024-01-02,1\n{line}\n".encode(), "x").records == [["2024-01-02", "1"]]


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
        assert read_rows(text, "x").records[0] == ["2024-01-02", "2"]
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
        assert len(read_rows(content, "wide").records[0]) == fields


@pytest.mark.parametrize(("text", "line"), [("a\nb\nc\n", 2), ("a\n", 1), ("a\nb\n7,x\n", 3), ("\n\na\n", 3)])
def test_which_line_is_shown_where_none_is_a_row(text: str, line: int) -> None:
    """The first that begins with a digit, or that below the header."""
    with pytest.raises(DataError, match=f"no row begins with a date; line {line} is"):
        read_rows(text.encode(), "x")


def test_limits_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most so many bytes, and so many lines, whatever ends them."""
    content = b"date,x\n2024-01-01,1\n"
    monkeypatch.setattr(rows, "MAX_CSV_BYTES", len(content))
    assert len(read_rows(content, "x").records) == 1
    with pytest.raises(DataError, match="x has 0 MB; at most 0 MB are read"):
        read_rows(content + b"\n", "x")
    monkeypatch.setattr(rows, "MAX_CSV_BYTES", 1000)
    monkeypatch.setattr(rows, "MAX_LINES", 2)
    assert len(read_rows(content, "x").records) == 1
    for end in (b"\n", b"\r"):
        with pytest.raises(DataError, match="more than 2 lines"):
            read_rows(content + end * 3, "x")


def test_the_limits_themselves() -> None:
    """200 MB, 400,000 lines, 10,000 fields, and the 120 characters in which a date stands."""
    assert (rows.MAX_CSV_BYTES, rows.MAX_LINES, rows.MAX_FIELDS, rows.DATE_SEARCH_CHARACTERS) == (
        200_000_000,
        400_000,
        10_000,
        120,
    )
    date = " " * 110 + "2024-01-02"
    assert read_rows(f"date,x\n{date},1\n".encode(), "x").records == [["2024-01-02", "1"]]
    with pytest.raises(DataError, match="no row begins with a date"):
        read_rows(f"date,x\n   {date},1\n".encode(), "x")
    page = b" " * 495
    with pytest.raises(DataError, match="is a web page"):
        read_rows(page + b"<html", "x")
    with pytest.raises(DataError, match="no row begins with a date"):
        read_rows(page + b" <html", "x")


@pytest.mark.parametrize(
    ("heading", "numbers", "is_taken"),
    [("", "01", True), ("Unnamed: 0", "5", True), ("#", "97", True), ("x", "12", False), ("no", "1a", False),
     ("no", "a", False), ("row", "11", False), ("row", "213", False)],
)  # fmt: skip
def test_what_numbers_rows(heading: str, numbers: str, is_taken: bool) -> None:
    """A heading that says so, and a number for each row, none of them twice, up or down."""
    lines = "".join(f"{number},2024-01-0{place},{place}\n" for place, number in enumerate(numbers, 2))
    text = f"{heading},date,x\n{lines}".encode()
    if is_taken:
        read = read_rows(text, "x")
        assert (read.header, read.records[0], read.line_numbers[0]) == (["date", "x"], ["2024-01-02", "2"], 2)
    else:
        with pytest.raises(DataError, match="x: "):
            read_rows(text, "x")


@pytest.mark.parametrize(
    ("line", "width", "has_figures"),
    [("Mean,2", 2, True), ("Mean,2", 3, False), ("Mean,2", 1, False), ("Mean,x", 2, False), ("2,x", 2, False),
     ('"a,b",2', 2, True), ("a,b,2", 3, True), ("a,2,b", 3, True), ("2", 1, False), ("Mean;2", 2, False)],
)  # fmt: skip
def test_what_looks_like_figures(line: str, width: int, has_figures: bool) -> None:
    """As many fields as the header, and a number after the first; in quotes there may be more commas."""
    assert rows._has_figures(line, ",", width) is has_figures


@pytest.mark.parametrize(
    ("above", "header"),
    [
        (["banner", "date,x"], ["date", "x"]),
        (["date,x", "(day),(%)"], None),
        (["a,b,c", "date,x"], ["date", "x"]),
    ],
)
def test_which_line_above_is_the_header(above: list[str], header: list[str] | None) -> None:
    """The last one; those of another width are a banner."""
    found = read_rows("\n".join([*above, "2024-01-02,1"]).encode(), "x").header
    assert header is None or found == header
    assert len(found) == 2


@pytest.mark.parametrize(("sep", "words"), [("\t", "a tab"), (";", "';'")])
def test_the_separator_is_named(sep: str, words: str) -> None:
    """A tab in words; the line is shown up to its fortieth character."""
    row = f"2024-01-02{sep}" + '"' + "x" * 60
    with pytest.raises(DataError) as caught:
        read_rows(f"date{sep}x\n{row}\n".encode(), "x", rows.Dialect(sep=sep))
    assert f"x: {row[:40]!r} is not a row of fields with {words} between them: " in str(caught.value)
    with pytest.raises(DataError, match=f"are needed in the first column, with {words} after them"):
        read_rows(b"date:x\nno:1\n", "x", rows.Dialect(sep=sep))


def test_rows_of_another_width() -> None:
    """Named with their line; a blank after a separator is none of the field, and quotes hold one."""
    with pytest.raises(DataError, match=r"^x, line 3: 3 fields below a header of 2; mend the row$"):
        read_rows(b"date,x\n2024-01-01,1\n2024-01-02,1,2\n", "x")
    assert read_rows(b'date,x\n2024-01-01, "1,5"\n', "x").records == [["2024-01-01", "1,5"]]
    with pytest.raises(DataError, match=r"x, line 1: figures without a header above them; add one"):
        read_rows(b"2024-01-01,1\n", "x")
    with pytest.raises(DataError, match=r"^x is empty; a csv with a header"):
        read_rows(b" \n\n", "x")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x1f\x8b", "x is compressed or a spreadsheet"),
        (b"date,x\n2024-01-01,\xff\n", r"x is not UTF-8 text \(byte 18\); save it as UTF-8"),
        (b"\xff\xfe\x00", r"x is not UTF-16 text \(byte 2\)"),
        (b"date,x\n2024-01-01,\0\n", "x holds binary data"),
        (b"\n <!DOCTYPE html>", "x is a web page"),
    ],
)
def test_what_is_no_text(content: bytes, words: str) -> None:
    """Said as what it is."""
    with pytest.raises(DataError, match=words):
        read_rows(content, "x")


def test_a_number_alone_is_no_row() -> None:
    """Above the header it is a banner."""
    assert read_rows(b"7\ndate,x\n2024-01-01,1\n", "x").header == ["date", "x"]


def test_two_lines_above_the_last_are_of_the_header() -> None:
    """Of headers of three lines all three name the columns; a line above them, however alike, is a banner."""
    lines = ["one,banner", "Price,Close", "Ticker,SPY", "Date,", "2024-01-02,1"]
    whole = read_rows("\n".join(lines).encode(), "x").header
    assert whole == read_rows("\n".join(lines[1:]).encode(), "x").header
    assert whole != read_rows("\n".join(["Price,banner", *lines[2:]]).encode(), "x").header
