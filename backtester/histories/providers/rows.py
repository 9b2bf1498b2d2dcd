"""The rows of a csv: text between a banner and a footer, with the line numbers that errors name."""

import codecs
import csv
import re
from dataclasses import dataclass

from backtester.errors import DataError
from backtester.histories.providers.dates import ACCEPTED_DATES, date_patterns, is_date
from backtester.histories.providers.headings import column_names

MAX_CSV_BYTES = 200_000_000  # a century of daily rows with a hundred columns is a tenth of this
MAX_FIELDS = 10_000
PACKED = (b"\x1f\x8b", b"PK", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")  # gzip, zip and xlsx, bzip2, xz, zstd
MAX_LINES = 400_000  # 1800 to 2200 has 146,097 days; the rest allows for blank lines, banners and footers
SEPARATORS = (",", ";", "\t", "|")
BEGINNING = 120  # characters of a line that are searched for its date
BEGINS_AS_ROW = re.compile(r"""\s{0,8}["']?\s{0,8}\d""", re.ASCII)
NUMBER_TEXT = re.compile(r"[-+]?(\d+([.,]\d*)*|[.,]\d+)([eE][-+]?\d+)?", re.ASCII)
ROW_NUMBER = re.compile(r"\d{1,7}", re.ASCII)
NUMBERED = ("", "unnamed: 0", "index", "row", "no", "no.", "#")  # headings of a column of row numbers


@dataclass(frozen=True)
class Dialect:
    """How a csv is written: its dates (in strptime's notation), its decimal mark and its separator.

    None means that it is inferred from the file, which is refused if it can be read in two ways.
    """

    date_format: str | None = None
    decimal: str | None = None
    sep: str | None = None


INFERRED_DIALECT = Dialect()


@dataclass(frozen=True)
class CsvRows:
    """The columns' names, that of the dates first, and the rows; `lines` are the rows' line numbers, from 1."""

    header: list[str]
    records: list[list[str]]
    line_numbers: list[int]
    sep: str


def read_rows(content: bytes, name: str, dialect: Dialect = INFERRED_DIALECT) -> CsvRows:
    """The rows of a csv whose first field, or the one after a row number, is a date, with the header above them.

    Lines before the header are a banner, lines after the rows a footer. Every line that begins with a digit, or has
    the header's number of fields and a number among them, is a row. Raise DataError, with the line, if the file is
    not text, no row begins with a date, there is no header, a row has another width, or text stands between rows.
    """
    lines = _decode(content, name).splitlines()
    first, sep, place = _first_row(lines, name, dialect)
    header = _header(lines, first, sep, name)
    kept: list[int] = []
    strange: int | None = None
    for number in (n for n in range(first, len(lines)) if lines[n].strip()):
        if not (BEGINS_AS_ROW.match(lines[number]) or _has_figures(lines[number], sep, len(header))):
            strange = number if strange is None else strange
        elif strange is not None:
            raise DataError(
                f"{name}, line {strange + 1}: {_shown(lines[strange])} stands between rows of figures; remove it"
            )
        else:
            kept.append(number)
    rows = [_fields(lines[number], sep, name) for number in kept]
    for number, row in zip(kept, rows, strict=True):
        if len(row) != len(header):
            raise DataError(
                f"{name}, line {number + 1}: {len(row)} fields below a header of {len(header)}; mend the row"
            )
    if place:
        _refuse_other_than_numbers(header, rows, name)
    return CsvRows(header[place:], [row[place:] for row in rows], [number + 1 for number in kept], sep)


def _first_row(lines: list[str], name: str, dialect: Dialect) -> tuple[int, str, int]:
    """The number of the first line with a date in its first two fields, its separator, and the date's field (0 or
    1)."""
    forms = date_patterns(dialect.date_format)
    for number, line in enumerate(lines):
        for sep in [dialect.sep] if dialect.sep else SEPARATORS:
            fields = _split(line[:BEGINNING].lstrip(), sep)[:2]
            if fields and is_date(fields[0], forms):
                return number, sep, 0
            if len(fields) > 1 and ROW_NUMBER.fullmatch(fields[0]) and is_date(fields[1], forms):
                return number, sep, 1
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if not filled:
        raise DataError(f"{name} is empty; a csv with a header, and dates in its first column, is needed")
    looked = next((n for n in filled if BEGINS_AS_ROW.match(lines[n])), filled[:2][-1])
    due = f"dates like {ACCEPTED_DATES}" if dialect.date_format is None else f"dates as {dialect.date_format} has them"
    after = f", with {_separator(dialect.sep)} after them" if dialect.sep else ""
    raise DataError(
        f"{name}: no row begins with a date; line {looked + 1} is {_shown(lines[looked])}; {due} are needed in the "
        f"first column{after} (--date-format names another form)"
    )


def _separator(sep: str) -> str:
    return "a tab" if sep == "\t" else repr(sep)


def _header(lines: list[str], first: int, sep: str, name: str) -> list[str]:
    """The columns' names from the lines above the first row. Raise DataError if one of them looks like a row."""
    above = [number for number in range(first) if lines[number].strip()]
    if not above:
        raise DataError(
            f"{name}, line {first + 1}: figures without a header above them; add one that names the columns"
        )
    width, last = len(_fields(lines[first], sep, name)), _fields(lines[above[-1]], sep, name)
    block = [_split(lines[number], sep) for number in above if above[-1] - 2 <= number < above[-1]]
    alike = [row for row in block if len(row) == width]
    for number in above:
        unlike_header = number == above[-1] and bool(alike) and not _has_number(alike[-1])
        if (unlike_header or BEGINS_AS_ROW.match(lines[number])) and _has_figures(lines[number], sep, width):
            raise DataError(
                f"{name}, line {number + 1}: {_shown(lines[number])} stands above the first date, on line {first + 1}; "
                "mend its date, or write a header there"
            )
    return column_names(alike, last)


def _has_figures(line: str, sep: str, width: int) -> bool:
    """Whether a line has that many fields and a number among them, after the first."""
    return line.count(sep) + 1 >= width and len(fields := _split(line, sep)) == width and _has_number(fields)


def _has_number(fields: list[str]) -> bool:
    return any(NUMBER_TEXT.fullmatch(field) for field in fields[1:])


def _refuse_other_than_numbers(header: list[str], rows: list[list[str]], name: str) -> None:
    """Raise DataError unless the first column, which is left out, numbers the rows upwards or downwards."""
    numbers = [int(row[0]) for row in rows if ROW_NUMBER.fullmatch(row[0])]
    upwards = sorted(set(numbers))
    if header[0].lower() not in NUMBERED or len(upwards) < len(rows) or numbers not in (upwards, upwards[::-1]):
        raise DataError(
            f"{name}: dates stand in the second column, {header[1]!r}, and the first, {header[0]!r}, does not number "
            "the rows; put the dates first"
        )


def _decode(content: bytes, name: str) -> str:
    if len(content) > MAX_CSV_BYTES:
        raise DataError(f"{name} has {len(content) / 1e6:,.0f} MB; at most {MAX_CSV_BYTES / 1e6:,.0f} MB are read")
    if content.startswith(PACKED):
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
    """The fields of a line; an empty list if it is blank or cannot be split."""
    if line.count(sep) >= 2 * MAX_FIELDS:
        return []
    try:
        return [field.strip() for field in next(csv.reader([line], delimiter=sep, skipinitialspace=True), [])]
    except csv.Error:  # a field of more than 131,072 characters
        return []


def _fields(line: str, sep: str, name: str) -> list[str]:
    if line.count(sep) >= 2 * MAX_FIELDS:  # before a list of them is made
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
