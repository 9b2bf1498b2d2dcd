"""The rows of a csv as lists of fields, with a header found below any banner, and without a footer."""

import codecs
import csv
import re
from dataclasses import dataclass

from backtester.errors import DataError
from backtester.histories.providers.dates import ACCEPTED_DATES, date_patterns, is_date
from backtester.histories.providers.headings import column_names

MAX_CSV_BYTES = 200_000_000  # a century of daily rows with a hundred columns is a tenth of this
MAX_FIELDS = 10_000
COMPRESSED = (b"\x1f\x8b", b"PK", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")  # gzip, zip and xlsx, bzip2, xz, zstd
MAX_LINES = 400_000  # 1800 to 2200 has 146,097 days; the rest allows for blank lines, banners and footers
SEPARATORS = (",", ";", "\t", "|")
DATE_SEARCH_CHARACTERS = 120  # at the beginning of a line
BEGINS_WITH_DIGIT = re.compile(r"""\s{0,8}["']?\s{0,8}\d""", re.ASCII)
NUMBER_TEXT = re.compile(r"[-+]?(\d+([.,]\d*)*|[.,]\d+)([eE][-+]?\d+)?", re.ASCII)
ROW_NUMBER = re.compile(r"\d{1,7}", re.ASCII)
ROW_NUMBER_HEADINGS = ("", "unnamed: 0", "index", "row", "no", "no.", "#")


@dataclass(frozen=True)
class Dialect:
    """The notation of a csv: of its dates (as strptime writes it), its decimal mark and the separator of its fields.

    What is None is inferred from the file, which is refused if it can be read in two ways.
    """

    date_format: str | None = None
    decimal: str | None = None
    sep: str | None = None


INFERRED_DIALECT = Dialect()  # everything is inferred


@dataclass(frozen=True)
class CsvRows:
    """The names of the columns, that of the dates first, and the fields of each row in the same order.

    `line_numbers` are those of the rows in the file, counted from 1; `sep` is the separator of the fields.
    """

    header: list[str]
    records: list[list[str]]
    line_numbers: list[int]
    sep: str


@dataclass(frozen=True)
class _FirstRow:
    """The first line with a date: its index among the lines, its separator, and the column of the date, 0 or 1."""

    index: int
    sep: str
    date_column: int


def read_rows(content: bytes, name: str, dialect: Dialect = INFERRED_DIALECT) -> CsvRows:
    """The rows of a csv whose first field, or the one after a row number, is a date, with the header above them.

    Lines before the header are a banner, lines after the rows a footer. Every line that begins with a digit, or has
    the header's number of fields and a number among them, is a row. Raise DataError, with the line, if the file is
    not text, no row begins with a date, there is no header, a row has another width, or text stands between rows.
    """
    lines = _decode(content, name).splitlines()
    first = _first_row(lines, name, dialect)
    header = _header(lines, first, name)
    indices = _row_indices(lines, first, len(header), name)
    rows = [_fields(lines[index], first.sep, name) for index in indices]
    for index, row in zip(indices, rows, strict=True):
        if len(row) != len(header):
            widths = f"{len(row)} fields below a header of {len(header)}"
            raise DataError(f"{name}, line {index + 1}: {widths}; mend the row")
    if first.date_column == 1:
        _refuse_other_than_row_numbers(header, rows, name)
    records = [row[first.date_column :] for row in rows]
    return CsvRows(header[first.date_column :], records, [index + 1 for index in indices], first.sep)


def _first_row(lines: list[str], name: str, dialect: Dialect) -> _FirstRow:
    """The first line with a date in its first field, or in the second after a row number. Raise DataError if none."""
    patterns = date_patterns(dialect.date_format)
    for index, line in enumerate(lines):
        for sep in [dialect.sep] if dialect.sep else SEPARATORS:
            fields = _split(line[:DATE_SEARCH_CHARACTERS].lstrip(), sep)[:2]
            if fields and is_date(fields[0], patterns):
                return _FirstRow(index, sep, 0)
            if len(fields) > 1 and ROW_NUMBER.fullmatch(fields[0]) and is_date(fields[1], patterns):
                return _FirstRow(index, sep, 1)
    filled = [index for index, line in enumerate(lines) if line.strip()]
    if not filled:
        raise DataError(f"{name} is empty; a csv with a header, and dates in its first column, is needed")
    # quote the line that most likely is the first row: one with a digit, else the one below the header
    quoted = next((index for index in filled if BEGINS_WITH_DIGIT.match(lines[index])), filled[:2][-1])
    due = f"dates like {ACCEPTED_DATES}" if dialect.date_format is None else f"dates as {dialect.date_format} has them"
    after = f", with {_separator(dialect.sep)} after them" if dialect.sep else ""
    raise DataError(
        f"{name}: no row begins with a date; line {quoted + 1} is {_shown(lines[quoted])}; {due} are needed in the "
        f"first column{after} (--date-format names another form)"
    )


def _separator(sep: str) -> str:
    return "a tab" if sep == "\t" else repr(sep)


def _row_indices(lines: list[str], first: _FirstRow, width: int, name: str) -> list[int]:
    """The indices of the lines that are rows, from the first on. Raise DataError if other text stands between rows."""
    indices: list[int] = []
    footer: int | None = None  # the first line that is no row
    for index in (index for index in range(first.index, len(lines)) if lines[index].strip()):
        if not (BEGINS_WITH_DIGIT.match(lines[index]) or _has_figures(lines[index], first.sep, width)):
            footer = index if footer is None else footer
        elif footer is not None:
            raise DataError(
                f"{name}, line {footer + 1}: {_shown(lines[footer])} stands between rows of figures; remove it"
            )
        else:
            indices.append(index)
    return indices


def _header(lines: list[str], first: _FirstRow, name: str) -> list[str]:
    """The columns' names from the lines above the first row. Raise DataError if one of them looks like a row."""
    above = [index for index in range(first.index) if lines[index].strip()]
    if not above:
        text = f"{name}, line {first.index + 1}: figures without a header above them"
        raise DataError(f"{text}; add one that names the columns")
    lowest = above[-1]
    width = len(_fields(lines[first.index], first.sep, name))
    lowest_fields = _fields(lines[lowest], first.sep, name)
    # one or two lines right above it, if they have a field for each column, may hold parts of the names
    upper = [_split(lines[index], first.sep) for index in above if lowest - 2 <= index < lowest]
    upper_headers = [fields for fields in upper if len(fields) == width]
    has_header_above = bool(upper_headers) and not _has_number(upper_headers[-1])
    for index in above:
        may_be_row = BEGINS_WITH_DIGIT.match(lines[index]) or (index == lowest and has_header_above)
        if may_be_row and _has_figures(lines[index], first.sep, width):
            raise DataError(
                f"{name}, line {index + 1}: {_shown(lines[index])} stands above the first date, on line "
                f"{first.index + 1}; mend its date, or write a header there"
            )
    return column_names(upper_headers, lowest_fields)


def _has_figures(line: str, sep: str, width: int) -> bool:
    """Whether a line has `width` fields and a number among them, after the first."""
    return line.count(sep) + 1 >= width and len(fields := _split(line, sep)) == width and _has_number(fields)


def _has_number(fields: list[str]) -> bool:
    """Whether there is a number among the fields, after the first."""
    return any(NUMBER_TEXT.fullmatch(field) for field in fields[1:])


def _refuse_other_than_row_numbers(header: list[str], rows: list[list[str]], name: str) -> None:
    """Raise DataError unless the first column, which is left out, numbers the rows upwards or downwards."""
    numbers = [int(row[0]) for row in rows if ROW_NUMBER.fullmatch(row[0])]
    upwards = sorted(set(numbers))
    is_named_so = header[0].lower() in ROW_NUMBER_HEADINGS
    if not is_named_so or len(upwards) < len(rows) or numbers not in (upwards, upwards[::-1]):
        raise DataError(
            f"{name}: dates stand in the second column, {header[1]!r}, and the first, {header[0]!r}, does not number "
            "the rows; put the dates first"
        )


def _decode(content: bytes, name: str) -> str:
    """The text of the file. Raise DataError if it is too large, compressed, a web page or binary."""
    if len(content) > MAX_CSV_BYTES:
        raise DataError(f"{name} has {len(content) / 1e6:,.0f} MB; at most {MAX_CSV_BYTES / 1e6:,.0f} MB are read")
    if content.startswith(COMPRESSED):
        raise DataError(f"{name} is compressed or a spreadsheet; unpack it, or save it as csv")
    if max(content.count(b"\n"), content.count(b"\r")) > MAX_LINES:
        raise DataError(f"{name} has more than {MAX_LINES:,} lines; one a day is needed, for 400 years at most")
    if content[:500].lstrip().lower().startswith((b"<!doc", b"<html")):
        raise DataError(f"{name} is a web page, not a csv; the provider may have refused the download")
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{name} is not {encoding.removesuffix('-sig').upper()} text (byte {error.start}); save it as UTF-8"
        ) from error
    if "\0" in text:
        raise DataError(f"{name} holds binary data, not text; a csv is needed")
    return text


def _split(line: str, sep: str) -> list[str]:
    """The fields of a line without blanks around them; an empty list if the line is blank or cannot be split."""
    if line.count(sep) >= 2 * MAX_FIELDS:
        return []
    try:
        return [field.strip() for field in next(csv.reader([line], delimiter=sep, skipinitialspace=True), [])]
    except csv.Error:  # a field of more than 131,072 characters
        return []


def _fields(line: str, sep: str, name: str) -> list[str]:
    """The fields of a line, as `_split` returns them, but DataError is raised if it cannot be split."""
    if line.count(sep) >= 2 * MAX_FIELDS:  # refused before a long list is made
        raise DataError(f"{name}: a row of {line.count(sep) + 1:,} fields; at most {MAX_FIELDS:,} are read")
    try:
        fields = next(csv.reader([line], delimiter=sep, skipinitialspace=True, strict=True))
    except (csv.Error, StopIteration) as error:
        raise DataError(
            f"{name}: {_shown(line)} is not a row of fields with {_separator(sep)} between them: {error}"
        ) from error
    if len(fields) > MAX_FIELDS:
        raise DataError(f"{name}: a row of {len(fields):,} fields; at most {MAX_FIELDS:,} are read")
    return [field.strip() for field in fields]


def _shown(text: str) -> str:
    """The first 40 characters, escaped for printing."""
    return repr(text[:40])
