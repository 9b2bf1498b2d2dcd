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


EMPTY = "bad.csv is empty; a csv with a header, and dates in its first column, is needed"
DUE = (
    "; dates like 2024-01-31, 2024/01/31, 20240131, 31-Jan-2024 or 12/31/2024 are needed in the first column "
    "(--date-format names another form)"
)
PACKED = "bad.csv is compressed or a spreadsheet; unpack it, or save it as csv"
WEB = "bad.csv is a web page, not a csv; the provider may have refused the download"
BINARY = "bad.csv holds binary data, not text; a csv is needed"
WHERE = "bad.csv, column 'close', line 3: "
OPEN = "bad.csv, line 2: {0!r} has no field above 12, nor has any row; say which is the day: --date-format {1} or {2}"
MEND = "mend the source and build it again"
SERIES = "history 'mine', series 'gold': "


def nothing(line: int, begins: str) -> str:
    """What is said of a file in which no row begins with a date."""
    return f"bad.csv: no row begins with a date; line {line} is {begins!r}{DUE}"


BAD_CSV: dict[str, tuple[bytes, str]] = {
    # what is no csv
    "empty": (b"", EMPTY),
    "blank lines": (b"\n\n  \n", EMPTY),
    "header alone": (HEAD.encode(), nothing(1, "date,close")),
    "words": (b"name,age\nAnna,31\n", nothing(2, "Anna,31")),
    "json": (b'{"date": "2024-01-02", "close": 10}', nothing(1, '{"date": "2024-01-02", "close": 10}')),
    "digits of another script": (
        "date,close\n２０２４-０１-０２,10\n".encode(),
        nothing(2, "２０２４-０１-０２,10"),
    ),
    "a long line of blanks": (b" " * 2_000_000 + b"\n", EMPTY),
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
        "bad.csv: '2024-01-02,\"1111111111111111111111111111' is not a row of fields with ',' between them: "
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
    "fields of blanks": (b"date close\n2024-01-02 10\n", nothing(2, "2024-01-02 10")),
    "a row of another separator": (
        rows("2024-01-02,1", "2024-01-03;1"),
        "bad.csv, line 3: 1 fields below a header of 2; mend the row",
    ),
    "a first column of names": (
        b"ticker,date,close\nSPY,2024-01-02,1\n",
        nothing(2, "SPY,2024-01-02,1"),
    ),
    "a first column of prices": (
        b"close,date\n10,2024-01-02\n12,2024-01-03\n",
        "bad.csv: dates stand in the second column, 'date', and the first, 'close', does not number the rows; put the "
        "dates first",
    ),
    "row numbers that jump back": (
        b",date,close\n0,2024-01-02,1\n1,2024-01-03,2\n0,2024-01-04,3\n",
        "bad.csv: dates stand in the second column, 'date', and the first, '', does not number the rows; put the dates "
        "first",
    ),
    "an open quote": (
        rows('2024-01-02,"10'),
        "bad.csv: '2024-01-02,\"10' is not a row of fields with ',' between them: unexpected end of data",
    ),
    "two columns of one name": (
        b"date,close,close\n2024-01-02,1,2\n",
        "bad.csv: two columns are named 'close'; rename one",
    ),
    "several columns": (
        b"date,bid,ask\n2024-01-02,1,2\n",
        "bad.csv has columns bid, ask; say which: --column, or --as ROLE=COLUMN for several",
    ),
    "no column of figures": (b"date\n2024-01-02\n2024-01-03\n", "bad.csv has no column of figures beside its dates"),
    # dates
    "dates in reverse": (
        dated("2024-01-03", "2024-01-02", "2024-01-04"),
        "bad.csv, line 3: 2024-01-02 goes back behind the row above; sort by date, each once",
    ),
    "newest first, but for one": (
        dated("2024-01-05", "2024-01-02", "2024-01-03"),
        "bad.csv, line 4: 2024-01-03 goes forward, in a file with its newest row first; sort by date, each once",
    ),
    "a date twice": (dated("2024-01-02", "2024-01-02"), "bad.csv, line 3: 2024-01-02 repeats; sort by date, each once"),
    "no such day": (
        dated("2024-02-28", "2024-02-30"),
        "bad.csv, line 3: '2024-02-30' is no day of the calendar; mend the row",
    ),
    "first day is none": (
        dated("2024-02-30"),
        "bad.csv, line 2: '2024-02-30' is no day of the calendar; mend the row",
    ),
    "day or month": (
        dated("01/01/2020", "01/02/2020", "01/12/2020"),
        OPEN.format("01/01/2020", "%d/%m/%Y", "%m/%d/%Y"),
    ),
    "day or month, with points": (
        dated("01.01.2020", "01.02.2020"),
        OPEN.format("01.01.2020", "%d.%m.%Y", "%m.%d.%Y"),
    ),
    "day and month in both orders": (
        dated("12/30/2023", "12/31/2023", "01/01/2024", "13/01/2024"),
        "bad.csv, line 5: '13/01/2024' and '12/30/2023' above do not have day and month in one order; mend the dates",
    ),
    "a year of two digits": (
        dated("30-Apr-20", "31-May-20"),
        "bad.csv, line 2: date '30-Apr-20' has a year of two digits; write four, or name the form with --date-format",
    ),
    "months without days": (dated("2024-01", "2024-02"), nothing(2, "2024-01,10")),
    "days of Excel": (dated("45293", "45294"), nothing(2, "45293,10")),
    "another form at the end": (
        rows("2024-01-02,100", "2024-01-03,101", "2024/01/04,102", "2024/01/08,50"),
        "bad.csv, line 4: '2024/01/04' is no date like '2024-01-02' above",
    ),
    "a month by name at the end": (
        dated("2020-04-28", "2020-04-29", "30-Apr-20"),
        "bad.csv, line 4: '30-Apr-20' is no date like '2020-04-28' above",
    ),
    "a day of Excel at the end": (
        dated("2024-01-02", "2024-01-03", "45295"),
        "bad.csv, line 4: '45295' is no date like '2024-01-02' above",
    ),
    "no date at the end": (
        dated("2024-01-02", "2024-01-03", ""),
        "bad.csv, line 4: '' is no date like '2024-01-02' above",
    ),
    "a damaged date at the end": (
        rows("2024-01-02,1", "2024-01-03,3", "2024105,4"),
        "bad.csv, line 4: '2024105' is no date like '2024-01-02' above",
    ),
    "a mark for a missing date": (
        dated("2024-01-02", "2024-01-03", "NaT"),
        "bad.csv, line 4: 'NaT' is no date like '2024-01-02' above",
    ),
    "another form at the beginning": (
        dated("45293", "2024-01-03"),
        "bad.csv, line 2: '45293,10' stands above the first date, on line 3; mend its date, or write a header there",
    ),
    "no date at the beginning": (
        dated("", "2024-01-03"),
        "bad.csv, line 2: ',10' stands above the first date, on line 3; mend its date, or write a header there",
    ),
    "no dates at the beginning": (
        dated("2024105", "", "2024-01-03"),
        "bad.csv, line 2: '2024105,10' stands above the first date, on line 4; mend its date, or write a header there",
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
    "midnight in two zones": (
        dated("2024-01-02T00:00:00+01:00", "2024-01-03T00:00:00-05:00"),
        "bad.csv, line 3: date '2024-01-03T00:00:00-05:00' is in another time zone than '2024-01-02T00:00:00+01:00'; "
        "give the exchange's own dates alone",
    ),
    "midnight here and there": (
        dated("2024-01-02T00:00:00+01:00", "2024-01-03T00:00:00Z"),
        "bad.csv, line 3: '2024-01-03T00:00:00Z' is no date like '2024-01-02T00:00:00+01:00' above",
    ),
    "midnight elsewhere": (
        dated("2024-01-02T05:00:00Z"),
        "bad.csv, line 2: date '2024-01-02T05:00:00Z' has a time of day; give dates alone",
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
    "decimal comma": (
        priced("10", '"1,5"'),
        WHERE + "'1,5' is not a finite number; with a decimal ',' say --decimal ,",
    ),
    "commas that may be decimal": (
        b"date;close\n2024-01-02;1,500\n2024-01-03;1,250\n",
        "bad.csv: the ',' in '1,500', as in every other number, may be a decimal mark or stand between thousands; say "
        "--decimal . or --decimal ,",
    ),
    "points that may be decimal": (
        b"date;close\n2024-01-02;1.500\n2024-01-03;999\n",
        "bad.csv: the '.' in '1.500', as in every other number, may be a decimal mark or stand between thousands; say "
        "--decimal . or --decimal ,",
    ),
    "thousands with points": (
        b"date;close\n2024-01-02;950,5\n2024-01-03;1.234,5\n",
        WHERE + "'1.234,5' is not a finite number",
    ),
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
    "all missing": (priced(".", "NA"), "bad.csv has no value in its column 'close'; take another"),
}
