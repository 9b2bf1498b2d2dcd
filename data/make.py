"""Make the embedded histories' parquet files from the figures in `facts/`, and write their hashes into the manifest.

Run from a checkout, after a figure has changed: `python data/make.py`. Nothing is filled: a date without a figure is
null in the file. What the parquet adds to the figures are what the manifest says of each role, in the schema's
metadata, and the times at which two series were published:

1. Fed balance sheet (WALCL): dated Wednesday, published at 16:30 on the next day on which the Board's offices are open
   (Thursday; Friday when Thursday is a federal holiday, as in Thanksgiving week, or on 11 November 2021 when the stock
   exchange was open). That is after the close, so the session after is the first to know it.
2. Consumer prices: published between the 10th and the 22nd of the next month. The exact dates are not carried here, so
   every month counts as known from the 22nd at 08:30: not before any regular release since 2007. The releases that
   came after that are listed by hand.
"""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.holiday import USFederalHolidayCalendar

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from backtester.files import sha256, write_text, write_with  # noqa: E402 - runs from a checkout without installation
from backtester.histories.blueprints.build import build_history, read_from  # noqa: E402 - the same
from backtester.histories.blueprints.write import to_arrow, write_parquet  # noqa: E402 - the same

LAST = "2026-05-26"  # the last date that every series of `us` covers
US = {
    "stocks": "SPY",
    "yield_10y": "DGS10",
    "yield_30y": "DGS30",
    "yield_3m": "DGS3MO",
    "gold": "GLD",
    "dollar": "DTWEXBGS",
    "vix": "VIXCLS",
    "sofr": "SOFR",
    "fed_target": "FED_TARGET",
    "fed_assets": "WALCL",
    "cpi": "CPIAUCSL",
}
SMALL = {"stocks": "GSPC", "yield_10y": "DGS10", "gold": "GOLD", "dollar": "DTWEXM"}
LATE_CPI = {  # month: release after the 22nd (Bureau of Labor Statistics, news releases; all but 2015: shutdowns)
    "2013-09-01": "2013-10-30 08:30",
    "2015-01-01": "2015-02-26 08:30",
    "2015-02-01": "2015-03-24 08:30",
    "2025-09-01": "2025-10-24 08:30",
    "2025-11-01": "2025-12-18 08:30",
}
# Days on which federal offices were closed by order of the President and not by law. H.4.1 came out on 2025-12-29, so
# these count as holidays; where the release was in fact not held up, that is too late by a session or two, never early.
CLOSED_BY_ORDER = ["2008-12-26", "2014-12-26", "2020-12-24", "2025-01-09", "2025-12-26"]


def figures(name: str) -> pd.Series:
    """One series of `facts/` by date."""
    table = pd.read_csv(HERE / "facts" / f"{name}.csv", parse_dates=["date"], index_col="date")
    return table["value"].astype(float)


def balance_sheet_known(dates: pd.DatetimeIndex) -> pd.Series:
    """16:30 on the first day after each date on which the Board's offices are open."""
    holidays = USFederalHolidayCalendar().holidays(dates[0], dates[-1] + pd.DateOffset(days=14))
    closed = holidays.union(pd.DatetimeIndex(CLOSED_BY_ORDER)).to_numpy("datetime64[D]")
    released = np.busday_offset(dates.to_numpy("datetime64[D]"), 1, roll="backward", holidays=closed)
    return pd.Series(pd.DatetimeIndex(released) + pd.Timedelta(hours=16, minutes=30), dates)


def cpi_known(months: pd.DatetimeIndex) -> pd.Series:
    """08:30 on the 22nd of the next month, or the late release's own date."""
    usual = months + pd.DateOffset(months=1) + pd.Timedelta(days=21, hours=8, minutes=30)
    known = pd.Series(usual, months)
    for month, release in LATE_CPI.items():
        known[month] = pd.Timestamp(release)
    return known


def us() -> pd.DataFrame:
    """Every series of the history `us`, one row a date on which any has a figure."""
    table = pd.DataFrame({role: figures(name) for role, name in US.items()})
    table["fed_assets_known"] = balance_sheet_known(table["fed_assets"].dropna().index)
    table["cpi_known"] = cpi_known(table["cpi"].dropna().index)
    return table.loc[:LAST]


def small(year: int) -> pd.DataFrame:
    """The series of one crisis history."""
    return pd.DataFrame({role: figures(f"crisis_{year}_{name}") for role, name in SMALL.items()})


def write(name: str, table: pd.DataFrame, told: dict[str, Any]) -> str:
    """The hash of the parquet file written for one history; `told` is its table in the manifest."""
    arrow = to_arrow(table, name, told["title"], told["series"])
    path = write_with(HERE / "histories" / f"{name}.parquet", lambda beside: write_parquet(arrow, beside))
    return sha256(path.read_bytes())


def main() -> None:
    """Write all files, then the hashes."""
    manifest = HERE / "manifest.toml"
    text = manifest.read_text()
    tables = tomllib.loads(text)
    for name, table in {"us": us(), **{f"crisis_{year}": small(year) for year in (1987, 1997, 2001)}}.items():
        line = f'"histories/{name}.parquet" = "sha256 {write(name, table, tables[name])}"'
        text, found = re.subn(rf'"histories/{name}\.parquet" = "sha256 \w*"', line, text)
        if found != 1:
            raise SystemExit(f"manifest.toml has {found} lines for histories/{name}.parquet; it needs one")
    write_text(manifest, text)
    build_history("us_1962", HERE, read_from(HERE / "facts"))


if __name__ == "__main__":
    main()
