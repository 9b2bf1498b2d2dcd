"""A table as csv: full precision in files, nine digits in a page; texts are safe to open in a spreadsheet."""

import csv
import io
from pathlib import Path
from urllib.parse import quote_from_bytes

from backtester.files import make_folder, write_text
from backtester.pages.table import Cell, CellValue, CellValues, Head, Table

FORMULA = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"  # the last four are their full-width forms
TABLES_FOLDER = "tables"
DIGITS = 9  # significant digits of a figure in a page, which make it a twentieth smaller
URL_QUOTED = {byte: quote_from_bytes(bytes([byte]), safe=",;:()/!*~") for byte in range(256)}  # of an address


def write_tables(folder: Path, tables: list[Table]) -> None:
    """Write the csv of every table into the folder `tables` beside the page."""
    beside = make_folder(folder / TABLES_FOLDER)
    for table in tables:
        write_text(beside / f"{table.name}.csv", csv_text(table))


def csv_text(table: Table, *, digits: int | None = None) -> str:
    """The table's values, to so many significant digits if given; if rows are grouped the first column names the
    group."""
    grouped = any(row.kind == "group" for row in table.rows)
    columns = [column for head in table.heads for column in _values(head)]
    lines: list[CellValues] = [(*(("group",) if grouped else ()), *(table.index or (table.corner,)), *columns)]
    group = ""
    for row in table.rows:
        if row.kind == "group":
            group = row.head.text
        else:
            cells = (value for cell in row.cells for value in _values(cell))
            lines.append((*((group,) if grouped else ()), *_values(row.head), *cells))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_short(safe(value), digits) for value in line] for line in lines)
    return text.getvalue()


def _short(value: CellValue, digits: int | None) -> CellValue:
    return float(f"{value:.{digits}g}") if isinstance(value, float) and digits else value


def data_uri(table: Table) -> str:
    """The table's csv, figures to nine digits, as an address in a link, so that it is part of the page."""
    text = csv_text(table, digits=DIGITS)
    return "data:text/csv;charset=utf-8," + text.encode().decode("latin-1").translate(URL_QUOTED)


def safe(value: CellValue) -> CellValue:
    """The value; a text that a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection)."""
    if isinstance(value, str) and value.lstrip(" ")[:1] in tuple(FORMULA):
        return f"'{value}"
    return value


def _values(part: Head | Cell) -> CellValues:
    return (part.text,) if part.values is None else part.values
