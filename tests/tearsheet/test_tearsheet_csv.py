"""Every table's csv: beside the page at full precision, inside it to nine digits."""

import csv
import io
import re
import shutil
import urllib.parse
from html import unescape
from pathlib import Path
from typing import Any

from backtester.pages.csv_text import csv_text
from backtester.pages.table import Table
from backtester.runs.folder import RunFolder
from backtester.tearsheet.publish import publish
from backtester.tearsheet.sections import page_sections


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_every_table_has_its_csv(run: RunFolder, run_folder: Path, html: str) -> None:
    """Each table lies beside the page as csv, as wide in every line; the page's own link holds it to nine digits."""
    tables = [table for section in page_sections(run) for table in section.every(Table)]
    links = dict(re.findall(r'download="([^"]+)" href="data:text/csv;charset=utf-8,([^"]*)"', html))
    assert {path.name for path in (run_folder / "tables").iterdir()} == {f"{table.name}.csv" for table in tables}
    assert set(links) == {f"{table.name}.csv" for table in tables}
    assert html.count("<table ") == len(tables)
    for table in tables:
        beside = (run_folder / "tables" / f"{table.name}.csv").read_text(encoding="utf-8")
        linked = urllib.parse.unquote(unescape(links[f"{table.name}.csv"]))
        assert linked == csv_text(table, digits=9)
        for ours, full in zip(rows(linked), rows(beside), strict=True):
            assert all(
                one == other or float(one) == float(f"{float(other):.9g}")
                for one, other in zip(ours, full, strict=True)
            )
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
