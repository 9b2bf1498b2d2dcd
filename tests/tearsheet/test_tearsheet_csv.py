"""Every table's csv: beside the page and inside it, at full precision, and safe to open in a spreadsheet."""

import csv
import io
import re
import shutil
import urllib.parse
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from backtester.runs.folder import RunFolder
from backtester.tearsheet.page import gather
from backtester.tearsheet.parts.csv_text import csv_text, safe
from backtester.tearsheet.parts.table import Cell, Head, Row, Table, picture_cell, points_cell
from backtester.tearsheet.publish import publish

TABLE = Table(
    name="small-table",
    caption="Small",
    corner="Window",
    heads=(Head("Fall", values=("fall",)), Head("Drawn", values=()), Head("Interval", values=("low", "high"))),
    rows=(
        Row(Head("Then"), kind="group"),
        Row(
            Head("4 Mar to 18 Mar", values=("2020-03-04", "2020-03-18")),
            (points_cell(-0.1 / 3), picture_cell(object()), Cell("1 to 2", values=(0.01, None))),
        ),
    ),
    index=("start", "end"),
)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


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
    table = Table("t", "", "Strategy", (hostile,), (Row(hostile, (points_cell(0.5),)),))
    assert rows(csv_text(table)) == [["Strategy", '\'=HYPERLINK("http://e")'], ['\'=HYPERLINK("http://e")', "0.5"]]


def test_every_table_has_its_csv(run: RunFolder, run_folder: Path, html: str) -> None:
    """Each table lies beside the page as csv, as wide in every line, and the page's own link holds the same bytes."""
    tables = [table for section in gather(run) for table in section.tables]
    links = dict(re.findall(r'download="([^"]+)" href="data:text/csv;charset=utf-8,([^"]*)"', html))
    assert {path.name for path in (run_folder / "tables").iterdir()} == {f"{table.name}.csv" for table in tables}
    assert set(links) == {f"{table.name}.csv" for table in tables}
    assert html.count("<table ") == len(tables)
    for table in tables:
        beside = (run_folder / "tables" / f"{table.name}.csv").read_text(encoding="utf-8")
        assert urllib.parse.unquote(unescape(links[f"{table.name}.csv"])) == beside
        widths = {len(line) for line in rows(beside)}
        assert len(widths) == 1, table.name
        header = rows(beside)[0]
        assert len(set(header)) == len(header), table.name


def test_joint_sell_offs_as_in_the_document(run: RunFolder, run_folder: Path) -> None:
    """The csv of the joint sell-offs has every window's returns to the last digit."""
    told = rows((run_folder / "tables" / "joint-table.csv").read_text(encoding="utf-8"))
    header, *lines = told
    for window, line in zip(run.document["joint_sell_offs"], lines, strict=False):
        values = dict(zip(header, line, strict=True))
        assert (values["start"], values["end"]) == (window["start"], window["end"])
        assert float(values["stocks"]) == window["stocks"]
        assert {name: float(values[name]) for name in window["strategies"]} == window["strategies"]


def test_csv_of_an_older_run_is_gone(run_folder: Path, tmp_path: Path, run: RunFolder) -> None:
    """A run that is written over another leaves no table of the other behind, and a reader's own files alone."""
    (tmp_path / "tables").mkdir()
    for name in ("attribution-9-table.csv", "my notes.csv"):
        (tmp_path / "tables" / name).write_text("x")

    def put(stage: Path) -> dict[str, Any]:
        for path in run_folder.iterdir():
            if path.suffix in (".json", ".parquet"):
                shutil.copy(path, stage)
        return run.document

    shutil.copy(run_folder / "result.json", tmp_path)
    shutil.copy(run_folder / "manifest.json", tmp_path)
    publish(put, tmp_path)
    left = {path.name for path in (tmp_path / "tables").iterdir()}
    assert left == {path.name for path in (run_folder / "tables").iterdir()} | {"my notes.csv"}
