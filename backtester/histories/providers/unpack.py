"""The csv in the bytes that a provider sent, which may be a zip, LBMA's JSON, or the csv itself."""

import io
import json
import lzma
import re
import struct
import zipfile
import zlib

from backtester.errors import DataError
from backtester.histories.providers.rows import MAX_CSV_BYTES

HTML_TITLE = re.compile(rb"<title[^>]*>\s*([^<]{1,80})", re.IGNORECASE)
LBMA_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ZIP_ERRORS = (  # OSError is raised by bz2, RuntimeError for files that are encrypted or of unknown format
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    MemoryError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def unpack(content: bytes, file: str, provider: str) -> bytes:
    """The csv in the content that a provider sent for a file. Raise DataError if it is a web page, or damaged."""
    start = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        title = HTML_TITLE.search(content[:10_000])
        words = f" ({' '.join(title[1].decode('utf-8', 'replace').split())!r})" if title else ""
        raise DataError(
            f"{provider} sent a web page{words} instead of {file}; open the address in a browser, or save the file "
            "yourself and use data build"
        )
    if content.startswith(b"PK"):
        return _only_member(content, file)
    return _csv_of_lbma_json(content, file, provider) if start.startswith(b"[") else content


def _only_member(content: bytes, file: str) -> bytes:
    """The only csv in a zip, unpacked in memory. Raise DataError if there is not one, or it is too large to be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if member.filename.lower().endswith((".csv", ".txt"))]
            if len(members) != 1:
                raise DataError(f"{file} came as a zip with {len(members)} csv files in it; one is needed")
            with archive.open(members[0]) as member:
                unpacked = member.read(MAX_CSV_BYTES + 1)
    except ZIP_ERRORS as error:
        raise DataError(f"{file} came as a zip that cannot be opened: {error or 'damaged'}; fetch it again") from error
    if len(unpacked) > MAX_CSV_BYTES:
        raise DataError(f"{file} came as a zip of more than {MAX_CSV_BYTES / 1e6:,.0f} MB; that is no history")
    return unpacked


def _csv_of_lbma_json(content: bytes, file: str, provider: str) -> bytes:
    """LBMA's list of auctions, `{"d": date, "v": [dollars, pounds, euros]}`, as a csv of `date,close` in dollars.

    Zero or null, which stand for a day without an auction, become missing values.
    """
    try:
        rows = [_row(auction) for auction in json.loads(content)]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise DataError(f"{provider} sent {file} in a form that is not known, or cut off; fetch it again") from error
    return "\n".join(["date,close", *rows, ""]).encode()


def _row(auction: dict[str, object]) -> str:
    """The row `date,close` of an auction. Raise ValueError or KeyError if it has another form."""
    date, values = auction["d"], auction["v"]
    if not (isinstance(date, str) and LBMA_DATE.fullmatch(date) and isinstance(values, list)):
        raise ValueError("no date or no values")
    dollars = values[0]
    if dollars is not None and (isinstance(dollars, bool) or not isinstance(dollars, int | float)):
        raise ValueError("no number")
    return f"{date},{dollars or ''}"
