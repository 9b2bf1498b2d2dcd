"""Tables as csv: at full precision in files, with nine digits in a page; no text is run as a spreadsheet formula."""

import csv
import io
from pathlib import Path
from urllib.parse import quote_from_bytes

from backtester.files import make_folder, write_text
from backtester.pages.table import Cell, CellValue, CellValues, Head, Table

FORMULA_STARTS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"  # the last four are the full-width forms of the first four
TABLES_FOLDER = "tables"
DIGITS = 9  # significant digits of a figure in a page: the page is a twentieth smaller than with all
URL_QUOTED = {byte: quote_from_bytes(bytes([byte]), safe=",;:()/!*~") for byte in range(256)}  # for `str.translate`


def write_tables(folder: Path, tables: list[Table]) -> None:
    """Write the csv of every table into the folder `tables` of the page's folder."""
    tables_folder = make_folder(folder / TABLES_FOLDER)
    for table in tables:
        write_text(tables_folder / f"{table.name}.csv", csv_text(table))


def csv_text(table: Table, *, digits: int | None = None) -> str:
    """The table as csv, floats with `digits` significant digits, or all of them.

    If the table has rows that are headings of groups, the first column has the group of each row.
    """
    has_groups = any(row.kind == "group" for row in table.rows)
    columns = [column for head in table.heads for column in _values(head)]
    index_columns = table.index or (table.corner,)
    lines: list[CellValues] = [("group", *index_columns, *columns) if has_groups else (*index_columns, *columns)]
    group = ""
    for row in table.rows:
        if row.kind == "group":
            group = row.head.text
        else:
            values = (*_values(row.head), *(value for cell in row.cells for value in _values(cell)))
            lines.append((group, *values) if has_groups else values)
    text = io.StringIO()
    written = ([_rounded(safe(value), digits) for value in line] for line in lines)
    csv.writer(text, lineterminator="\n").writerows(written)
    return text.getvalue()


def _rounded(value: CellValue, digits: int | None) -> CellValue:
    return float(f"{value:.{digits}g}") if isinstance(value, float) and digits else value


def data_uri(table: Table) -> str:
    """The table's csv, with nine digits, as a `data:` address, so that a link in the page can save it."""
    text = csv_text(table, digits=DIGITS)
    return "data:text/csv;charset=utf-8," + text.encode().decode("latin-1").translate(URL_QUOTED)


def safe(value: CellValue) -> CellValue:
    """The value; a text that a spreadsheet would run as a formula gets an apostrophe (OWASP, CSV injection)."""
    if isinstance(value, str) and value.lstrip(" ")[:1] in tuple(FORMULA_STARTS):
        return f"'{value}"
    return value


def _values(part: Head | Cell) -> CellValues:
    """The values of a head or cell in the csv: its `values`, or its text."""
    return (part.text,) if part.values is None else part.values
