"""Files that a user might import by mistake, or be given by malice: what each holds, and what must be said of it."""

import bz2
import codecs
import gzip
import io
import lzma
import random
import zipfile

HEAD = "date,close\n"
GOOD = HEAD + "2024-01-02,10\n2024-01-03,11\n"


def rows(*lines: str) -> bytes:
    """A csv with the usual header."""
    return (HEAD + "".join(f"{line}\n" for line in lines)).encode()


def priced(*fields: str) -> bytes:
    """A csv with those fields as prices of January 2024."""
    return rows(*(f"2024-01-{day:02},{field}" for day, field in enumerate(fields, start=2)))


def dated(*dates: str) -> bytes:
    """A csv with those dates."""
    return rows(*(f"{date},{number}" for number, date in enumerate(dates, start=10)))


def zipped(names: list[str], content: bytes = GOOD.encode()) -> bytes:
    """A zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return file.getvalue()


NOTHING = "bad.csv: no row begins with a date; a csv with dates in its first column is needed"
PACKED = "bad.csv is compressed or a spreadsheet; unpack it, or save it as csv"
WEB = "bad.csv is a web page, not a csv; the provider may have refused the download"
BINARY = "bad.csv holds binary data, not text; a csv is needed"
WHERE = "bad.csv, column 'close', line 3: "
NO_DATE = "bad.csv, line 2: date {0!r} is no date; write 2024-01-31, 20240131 or 01/31/2024, and commas between fields"
MEND = "mend the source and build it again"
SERIES = "history 'mine', series 'gold': "

BAD_CSV: dict[str, tuple[bytes, str]] = {
    # what is no csv
    "empty": (b"", NOTHING),
    "blank lines": (b"\n\n  \n", NOTHING),
    "header alone": (HEAD.encode(), NOTHING),
    "words": (b"name,age\nAnna,31\n", NOTHING),
    "json": (b'{"date": "2024-01-02", "close": 10}', NOTHING),
    "digits of another script": ("date,close\n２０２４-０１-０２,10\n".encode(), NOTHING),
    "a long line of blanks": (b" " * 2_000_000 + b"\n", NOTHING),
    "web page": (b"<!DOCTYPE html>\n<html><body>2024-01-02</body></html>", WEB),
    "web page after blanks": (b"\n\n <HTML><body>Sorry</body></html>", WEB),
    "gzip": (gzip.compress(GOOD.encode()), PACKED),
    "bzip2": (bz2.compress(GOOD.encode()), PACKED),
    "xz": (lzma.compress(GOOD.encode()), PACKED),
    "zip": (zipped(["bad.csv"]), PACKED),
    "spreadsheet": (zipped(["[Content_Types].xml", "xl/workbook.xml"]), PACKED),
    "zip bomb": (zipped(["bad.csv"], b"0" * 30_000_000), PACKED),
    "image": (
        b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(500),
        "bad.csv is not UTF-8 text (byte 0); save it as UTF-8",
    ),
    "null characters": (rows("2024-01-02,1\0"), BINARY),
    "null bytes": (bytes(5000), BINARY),
    "latin-1": ("date,café\n2024-01-02,1\n".encode("latin-1"), "bad.csv is not UTF-8 text (byte 8); save it as UTF-8"),
    "utf-16 without its mark": (GOOD.encode("utf-16-le"), BINARY),
    "utf-16 cut off": (
        codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le")[:-1],
        "bad.csv is not UTF-16 text (byte 78); save it as UTF-8",
    ),
    "utf-8 cut off": (rows("2024-01-02,1") + b"\xe2\x82", "bad.csv is not UTF-8 text (byte 24); save it as UTF-8"),
    # too much of it
    "too many lines": (
        b"\n" * 500_000,
        "bad.csv has more than 400,000 lines; one a day is needed, for 400 years at most",
    ),
    "too many fields": (rows("2024-01-02" + ",1" * 30_000), "bad.csv: a row of 30,001 fields; at most 10,000 are read"),
    "an endless field": (
        rows('2024-01-02,"' + "1" * 200_000 + '"'),
        "bad.csv: '2024-01-02,\"1111111111111111111111111111' is not a row of comma-separated fields: "
        "field larger than field limit (131072)",
    ),
    # rows and columns
    "no header": (
        b"2024-01-02,10\n",
        "bad.csv, line 1: figures without a header above them; add one that names the columns",
    ),
    "a row too short": (
        rows("2024-01-02,1", "2024-01-03"),
        "bad.csv, line 3: 1 fields below a header of 2; mend the row",
    ),
    "a row too long": (
        rows("2024-01-02,1", "2024-01-03,1,5"),
        "bad.csv, line 3: 3 fields below a header of 2; mend the row",
    ),
    "header above nothing": (b"Prices\n2024-01-02,1\n", "bad.csv, line 2: 2 fields below a header of 1; mend the row"),
    "text between rows": (
        rows("2024-01-02,1", "Annual", "2024-01-03,1"),
        "bad.csv, line 3: 'Annual' stands between rows of figures; remove it",
    ),
    "semicolons": (
        b"date;close\n2024-01-02;10\n",
        NO_DATE.format("2024-01-02;10"),
    ),
    "an open quote": (
        rows('2024-01-02,"10'),
        "bad.csv: '2024-01-02,\"10' is not a row of comma-separated fields: unexpected end of data",
    ),
    "two columns of one name": (
        b"date,close,close\n2024-01-02,1,2\n",
        "bad.csv: two columns are named 'close'; rename one",
    ),
    "several columns": (
        b"date,bid,ask\n2024-01-02,1,2\n",
        "bad.csv has columns bid, ask; say which: 'columns' in a blueprint, or --column",
    ),
    "no column of figures": (b"date\n2024-01-02\n2024-01-03\n", "bad.csv has no column of figures beside its dates"),
    # dates
    "dates in reverse": (
        dated("2024-01-03", "2024-01-02"),
        "bad.csv, line 3: 2024-01-02 goes back behind the row above; sort by date, each once",
    ),
    "a date twice": (dated("2024-01-02", "2024-01-02"), "bad.csv, line 3: 2024-01-02 repeats; sort by date, each once"),
    "no such day": (
        dated("2024-02-28", "2024-02-30"),
        "bad.csv, line 3: '2024-02-30' is no date like '2024-02-28' above",
    ),
    "first day is none": (
        dated("2024-02-30"),
        NO_DATE.format("2024-02-30"),
    ),
    "day before month": (
        dated("31/12/2023"),
        NO_DATE.format("31/12/2023"),
    ),
    "two ways of writing": (
        dated("2024-01-02", "01/03/2024"),
        "bad.csv, line 3: '01/03/2024' is no date like '2024-01-02' above",
    ),
    "times of day": (
        dated("2024-01-02 16:00"),
        "bad.csv, line 2: date '2024-01-02 16:00' has a time of day; give dates alone",
    ),
    "time zones mixed": (
        dated("2024-01-02T16:00:00+01:00", "2024-01-03T16:00:00Z"),
        "bad.csv, line 2: date '2024-01-02T16:00:00+01:00' has a time of day; give dates alone",
    ),
    "time zone later on": (
        dated("2024-01-02", "2024-01-03T00:00Z"),
        "bad.csv, line 3: '2024-01-03T00:00Z' is no date like '2024-01-02' above",
    ),
    "far in the future": (
        dated("2024-01-02", "2999-01-01"),
        SERIES + "a date lies outside 1800 to 2200; mend the source",
    ),
    "far in the past": (
        dated("0001-01-01", "2024-01-02"),
        SERIES + "a date lies outside 1800 to 2200; mend the source",
    ),
    "year zero": (dated("0000-01-01"), SERIES + "a date lies outside 1800 to 2200; mend the source"),
    # figures
    "a word": (priced("10", "ten"), WHERE + "'ten' is not a finite number"),
    "not a number": (priced("10", "-NaN"), WHERE + "'-NaN' is not a finite number"),
    "infinite": (priced("10", "inf"), WHERE + "'inf' is not a finite number"),
    "minus infinity": (priced("10", "-Infinity"), WHERE + "'-Infinity' is not a finite number"),
    "beyond every number": (priced("10", "1e400"), WHERE + "'1e400' is not a finite number"),
    "thousands": (priced("10", '"1,234.5"'), WHERE + "'1,234.5' is not a finite number"),
    "decimal comma": (priced("10", '"1,5"'), WHERE + "'1,5' is not a finite number"),
    "percent": (priced("10", "5%"), WHERE + "'5%' is not a finite number"),
    "dollars": (priced("10", "$5"), WHERE + "'$5' is not a finite number"),
    "hexadecimal": (priced("10", "0x1F"), WHERE + "'0x1F' is not a finite number"),
    "underscores": (priced("10", "1_000"), WHERE + "'1_000' is not a finite number"),
    "truth": (priced("10", "True"), WHERE + "'True' is not a finite number"),
    "a minus sign of print": (priced("10", "−5"), WHERE + "'−5' is not a finite number"),
    "digits of print": (priced("10", "５"), WHERE + "'５' is not a finite number"),
    "colours of a terminal": (priced("10", "\x1b[31m5"), WHERE + "'\\x1b[31m5' is not a finite number"),
    "zero": (priced("10", "0"), SERIES + f"0.0 on 2024-01-03 is not above zero; {MEND}"),
    "negative": (priced("10", "-3.5"), SERIES + f"-3.5 on 2024-01-03 is not above zero; {MEND}"),
    "all missing": (priced(".", "NA"), "bad.csv has no value to take; see its columns, 'without', 'since' and 'until'"),
}
