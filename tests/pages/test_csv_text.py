"""A table as csv: full precision, and safe to open in a spreadsheet."""

import csv
import io
from pathlib import Path
from urllib.parse import unquote

import pytest

from backtester.pages.csv_text import csv_text, data_uri, safe, write_tables
from backtester.pages.table import Cell, Head, Table, TableRow, points_cell

TABLE = Table(
    name="small-table",
    caption="Small",
    corner="Window",
    heads=(Head("Fall", values=("fall",)), Head("Drawn", values=()), Head("Interval", values=("low", "high"))),
    rows=(
        TableRow(Head("Then"), kind="group"),
        TableRow(
            Head("4 Mar to 18 Mar", values=("2020-03-04", "2020-03-18")),
            (points_cell(-0.1 / 3), Cell("", picture=object(), values=()), Cell("1 to 2", values=(0.01, None))),
        ),
    ),
    index=("start", "end"),
)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_tables_lie_in_a_folder_beside_the_page(tmp_path: Path) -> None:
    """Each under its name."""
    write_tables(tmp_path, [TABLE])
    assert (tmp_path / "tables" / "small-table.csv").read_text() == csv_text(TABLE)


def test_full_precision() -> None:
    """Fractions are whole, dates ISO, groups a column, pictures none, and what is undefined is empty."""
    assert csv_text(TABLE) == ("group,start,end,fall,low,high\nThen,2020-03-04,2020-03-18,-0.03333333333333333,0.01,\n")


@pytest.mark.parametrize("text", ["=1+1", "+ gold", "-x", "@a", "\t=1", "  =1", "\uff1d1"])
def test_formulas_are_text(text: str) -> None:
    """A text that a spreadsheet would calculate has an apostrophe before it."""
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("value", [-0.5, 3, None, "gold", "", "a=b"])
def test_numbers_and_plain_words_stay(value: float | str | None) -> None:
    """Negative numbers are no formulas, and other texts are as they are."""
    assert safe(value) == value


def test_names_from_outside_are_safe_in_heads_too() -> None:
    """A strategy whose name begins with a formula's sign is text as a column and as a row."""
    hostile = Head("x", values=('=HYPERLINK("http://e")',))
    table = Table("t", "", "Strategy", (hostile,), (TableRow(hostile, (points_cell(0.5),)),))
    assert rows(csv_text(table)) == [["Strategy", '\'=HYPERLINK("http://e")'], ['\'=HYPERLINK("http://e")', "0.5"]]


def test_in_a_page_figures_have_nine_digits() -> None:
    """The csv as an address, with every sign escaped that an address cannot hold."""
    address = data_uri(TABLE)
    head, _, text = address.partition(",")
    assert head == "data:text/csv;charset=utf-8"
    assert unquote(text) == "group,start,end,fall,low,high\nThen,2020-03-04,2020-03-18,-0.0333333333,0.01,\n"
    names = Table("t", "", "é?#%&+", (Head("a b"),), (TableRow(Head("\N{BLACK SUN WITH RAYS}"), (points_cell(1.0),)),))
    assert data_uri(names).partition(",")[2] == "%C3%A9%3F%23%25%26%2B,a%20b%0A%E2%98%80,1.0%0A"
