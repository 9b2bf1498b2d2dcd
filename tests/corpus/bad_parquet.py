"""Parquet files that a manifest vouches for and that are no history all the same; what must be said of each.

A file is made of columns, or of bytes; `SERIES` is what the manifest says of it.
"""

import datetime
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from folders import listed, weekdays

DATES = weekdays("2024-01-01", 8)
UNREADABLE = ": data/made.parquet is not a readable parquet file; restore the file or build 'made' again"
SERIES = {"stocks": listed("price", "stocks"), "cpi": listed("level", "cpi", known="told")}
SOUND: dict[str, Any] = {"date": DATES, "stocks": [10.0 + n for n in range(8)], "cpi": [300.0] * 8, "told": DATES}


def table(**columns: Any) -> bytes:
    """The sound file with other columns; None takes one away."""
    told = {name: column for name, column in (SOUND | columns).items() if column is not None}
    return written(pa.table(told))


def written(arrow: pa.Table) -> bytes:
    """The table as a file."""
    file = io.BytesIO()
    pq.write_table(arrow, file)
    return file.getvalue()


def pandas_wrote(frame: pd.DataFrame) -> bytes:
    """The frame as pandas writes it, with the other columns of the sound file."""
    return bytes(frame.assign(cpi=300.0, told=pd.to_datetime(DATES)).to_parquet())


def stocks(place: int, value: Any) -> bytes:
    """The sound file with another price at one place."""
    prices = [*SOUND["stocks"][:place], value, *SOUND["stocks"][place + 1 :]]
    return table(stocks=pa.array(prices, from_pandas=False))


def damaged(first: int, last: int) -> bytes:
    """The sound file with zeros in place of some bytes, counted from its end where negative."""
    content = bytearray(table())
    for place in range(len(content))[first:last]:
        content[place] = 0
    return bytes(content)


BAD_PARQUET: dict[str, tuple[Callable[[], bytes], str]] = {
    # what is no parquet
    "empty": (lambda: b"", UNREADABLE),
    "cut off": (lambda: table()[:-40], UNREADABLE),
    "cut in half": (lambda: table()[: len(table()) // 2], UNREADABLE),
    "the marks alone": (lambda: b"PAR1PAR1", UNREADABLE),
    "a csv": (lambda: b"date,stocks\n2024-01-01,10\n", UNREADABLE),
    "a page of figures lost": (lambda: damaged(40, 90), UNREADABLE),
    "the footer lost": (lambda: damaged(-300, -8), UNREADABLE),
    "a footer of four thousand million bytes": (lambda: table()[:-8] + b"\xff\xff\xff\xff" + b"PAR1", UNREADABLE),
    "encrypted": (lambda: table()[:-4] + b"PARE", UNREADABLE),
    "no rows": (
        lambda: written(pa.table(SOUND).slice(0, 0)),
        ", series 'stocks': no value at all; every value needs a date",
    ),
    # columns
    "a column that is not there": (
        lambda: table(stocks=None),
        ": data/made.parquet has no column 'stocks'; mend the manifest",
    ),
    "no dates": (lambda: table(date=None), ": data/made.parquet has no column 'date'; mend the manifest"),
    "no times of publication": (
        lambda: table(told=None),
        ": data/made.parquet has no column 'told'; mend the manifest",
    ),
    "two columns of one name": (
        lambda: written(pa.table(SOUND).append_column("cpi", [[1.0] * 8])),
        ": data/made.parquet has 2 columns 'cpi'; mend the manifest",
    ),
    "nested": (
        lambda: table(stocks=[{"open": 1.0, "close": 2.0}] * 8),
        ", series 'stocks': column 'stocks' holds object, not numbers",
    ),
    "lists": (lambda: table(stocks=[[1.0, 2.0]] * 8), ", series 'stocks': column 'stocks' holds object, not numbers"),
    "nested dates": (
        lambda: table(date=[{"day": day} for day in DATES]),
        ", series 'stocks': column 'date' holds object; dates are needed",
    ),
    "text": (lambda: table(stocks=["10.0"] * 8), ", series 'stocks': column 'stocks' holds str, not numbers"),
    "truths": (lambda: table(stocks=[True] * 8), ", series 'stocks': column 'stocks' holds bool, not numbers"),
    "decimals": (
        lambda: table(stocks=[Decimal("10.0")] * 8),
        ", series 'stocks': column 'stocks' holds object, not numbers",
    ),
    "categories": (
        lambda: table(stocks=pa.array(["10"] * 8).dictionary_encode()),
        ", series 'stocks': column 'stocks' holds category, not numbers",
    ),
    "bytes": (lambda: table(stocks=[b"\xff\xfe"] * 8), ", series 'stocks': column 'stocks' holds object, not numbers"),
    "text that is none": (
        lambda: table(stocks=pa.array([b"\xff\xfe"] * 8).view(pa.string())),
        ", series 'stocks': column 'stocks' holds str, not numbers",
    ),
    "dates for prices": (
        lambda: table(stocks=DATES),
        ", series 'stocks': column 'stocks' holds datetime64[ms], not numbers",
    ),
    # dates
    "dates as text": (
        lambda: table(date=[str(day) for day in DATES]),
        ", series 'stocks': column 'date' holds str; dates are needed",
    ),
    "dates as numbers": (
        lambda: table(date=list(range(20240101, 20240109))),
        ", series 'stocks': column 'date' holds int64; dates are needed",
    ),
    "times of the day alone": (
        lambda: table(date=[datetime.time(9, hour) for hour in range(8)]),
        ", series 'stocks': column 'date' holds object; dates are needed",
    ),
    "times of day in a time zone": (
        lambda: table(date=pd.to_datetime(DATES).tz_localize("UTC").tz_convert("Europe/Berlin")),
        (
            ", series 'stocks': 2024-01-01 01:00:00 has a time of day; dates are needed (the "
            "manifest's 'close' says when)"
        ),
    ),
    "a time zone that there is not": (
        lambda: table(date=pa.array(pd.to_datetime(DATES)).cast(pa.timestamp("ms", "Mars/Olympus"))),
        UNREADABLE,
    ),
    "months": (
        lambda: pandas_wrote(
            pd.DataFrame({"stocks": SOUND["stocks"]}, pd.period_range("2024-01", periods=8, freq="M"))
        ),
        ", series 'stocks': column 'date' holds period[M]; dates are needed",
    ),
    "row numbers for dates": (
        lambda: pandas_wrote(pd.DataFrame({"stocks": SOUND["stocks"], "cpi": 300.0, "told": DATES}, list(range(8)))),
        ", series 'stocks': column 'date' holds int64; dates are needed",
    ),
    "times of day": (
        lambda: table(date=pd.to_datetime(DATES) + pd.Timedelta(hours=16)),
        (
            ", series 'stocks': 2024-01-01 16:00:00 has a time of day; dates are needed (the "
            "manifest's 'close' says when)"
        ),
    ),
    "a date missing": (
        lambda: table(date=[*DATES[:3], None, *DATES[4:]]),
        ", series 'stocks': a date is missing; every value needs a date",
    ),
    "dates in reverse": (
        lambda: table(date=DATES[::-1]),
        (", series 'stocks': dates repeat or go backwards at 2024-01-09; sort the file by date, one row a date"),
    ),
    "a date twice": (
        lambda: table(date=[*DATES[:4], DATES[3], *DATES[5:]]),
        (", series 'stocks': dates repeat or go backwards at 2024-01-04; sort the file by date, one row a date"),
    ),
    "far in the future": (
        lambda: table(date=[*DATES[:7], datetime.date(2999, 1, 1)]),
        ", series 'stocks': a date lies outside 1800 to 2200; mend the source",
    ),
    "days taken for seconds": (
        lambda: table(date=pa.array(range(8), pa.int64()).cast(pa.timestamp("s"))),
        (
            ", series 'stocks': 1970-01-01 00:00:01 has a time of day; dates are needed (the "
            "manifest's 'close' says when)"
        ),
    ),
    "beyond all calendars": (
        lambda: table(date=pa.array([2**62 + n for n in range(8)], pa.timestamp("ms"))),
        ", series 'stocks': a date lies outside 1800 to 2200; mend the source",
    ),
    # figures
    "not a number": (
        lambda: stocks(2, float("nan")),
        ", series 'stocks': nan on 2024-01-03 is not finite; mend the source and build it again",
    ),
    "infinite": (
        lambda: stocks(3, float("inf")),
        ", series 'stocks': inf on 2024-01-04 is not finite; mend the source and build it again",
    ),
    "minus infinity": (
        lambda: stocks(3, -float("inf")),
        ", series 'stocks': -inf on 2024-01-04 is not finite; mend the source and build it again",
    ),
    "zero": (
        lambda: stocks(4, 0.0),
        ", series 'stocks': 0.0 on 2024-01-05 is not above zero; mend the source and build it again",
    ),
    "negative": (
        lambda: stocks(5, -2.5),
        ", series 'stocks': -2.5 on 2024-01-08 is not above zero; mend the source and build it again",
    ),
    "all missing": (
        lambda: table(stocks=pa.nulls(8, pa.float64())),
        ", series 'stocks': no value at all; every value needs a date",
    ),
    "one session": (lambda: written(pa.table(SOUND).slice(0, 1)), " has 1 session; at least two are needed"),
    # times of publication
    "published in a time zone": (
        lambda: table(told=pd.to_datetime(DATES).tz_localize("UTC")),
        ", series 'cpi': column 'told' holds datetime64[ms, UTC]; times without a time zone are needed",
    ),
    "published at no time": (
        lambda: table(told=[None, *DATES[1:]]),
        ", series 'cpi': no time in 'told' for 2024-01-01; every value needs one",
    ),
    "published as text": (
        lambda: table(told=["16:30"] * 8),
        ", series 'cpi': column 'told' holds str; times without a time zone are needed",
    ),
}
