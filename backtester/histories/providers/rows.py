"""The rows of a provider's csv: text between a banner and a footer, with the line numbers that errors name."""

import codecs
import csv
import io
import re
from dataclasses import dataclass

from backtester.errors import DataError

MAX_BYTES = 200_000_000  # a century of daily rows with a hundred columns is a tenth of this
MAX_FIELDS = 10_000
PACKED = (b"\x1f\x8b", b"PK", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")  # gzip, zip and xlsx, bzip2, xz, zstd
MAX_LINES = 400_000  # 1800 to 2200 has 146,097 days; the rest is room for blank lines, banners and footers
DATE = re.compile(  # a few blanks only: on a line of millions of them more would take for ever
    r"""^\s{0,8}["']?\s{0,8}(\d{4}-\d{1,2}-\d{1,2}|\d{8}|\d{1,2}/\d{1,2}/\d{4})(?=[\sT"',;]|$)""", re.ASCII
)


@dataclass(frozen=True)
class Rows:
    """A header and the rows below it; `lines` are the rows' line numbers in the file, counted from 1."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]


def read_rows(content: bytes, name: str) -> Rows:
    """The rows of a csv whose first field is a date, with the header above them.

    Lines before the header are a banner, lines after the rows a footer. A DataError says why there is nothing to read:
    not text, no row that begins with a date, no header, rows of another width, or rows that go on after other text.
    """
    lines = _decode(content, name).splitlines()
    dated = [number for number, line in enumerate(lines) if DATE.match(line)]
    if not dated:
        raise DataError(f"{name}: no row begins with a date; a csv with dates in its first column is needed")
    first, last = dated[0], dated[-1]
    strange = next((n for n in range(first, last) if lines[n].strip() and not DATE.match(lines[n])), None)
    if strange is not None:
        raise DataError(
            f"{name}, line {strange + 1}: {_shown(lines[strange])} stands between rows of figures; remove it"
        )
    if first == 0:
        raise DataError(f"{name}, line 1: figures without a header above them; add one that names the columns")
    header = _fields(lines[first - 1], name)
    rows = [_fields(lines[place], name) for place in dated]
    for place, row in zip(dated, rows, strict=True):
        if len(row) != len(header):
            raise DataError(
                f"{name}, line {place + 1}: {len(row)} fields below a header of {len(header)}; mend the row"
            )
    return Rows(header, rows, [place + 1 for place in dated])


def _decode(content: bytes, name: str) -> str:
    if len(content) > MAX_BYTES:
        raise DataError(f"{name} has {len(content) / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} MB are read")
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


def _fields(line: str, name: str) -> list[str]:
    if line.count(",") >= 2 * MAX_FIELDS:  # before a list of them is made
        raise DataError(f"{name}: a row of {line.count(',') + 1:,} fields; at most {MAX_FIELDS:,} are read")
    try:
        fields = next(csv.reader(io.StringIO(line), skipinitialspace=True, strict=True))
    except (csv.Error, StopIteration) as error:
        raise DataError(f"{name}: {_shown(line)} is not a row of comma-separated fields: {error}") from error
    if len(fields) > MAX_FIELDS:
        raise DataError(f"{name}: a row of {len(fields):,} fields; at most {MAX_FIELDS:,} are read")
    return [field.strip() for field in fields]


def _shown(text: str) -> str:
    """The beginning of some text, safe to print."""
    return repr(text[:40])
