"""A market up to a date: as it was seen then, with hardly more than that read (store.py, market.py)."""

import datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from backtester.errors import DataError
from backtester.files import sha256
from backtester.histories import store
from backtester.histories.manifest import find_history
from backtester.histories.market import Market, load_market
from backtester.histories.store import read_figures
from folders import FILE, built, listed, made_manifest, weekdays

DATES = weekdays("2000-01-03", 2600)  # ten years
SERIES: dict[str, Any] = {
    "stocks": listed("total_return", "stocks"),
    "rate": listed("rate", "rate"),
    "bills": built("bills", **{"yield": "rate"}),
    "gold": listed("price", "gold"),
    "vix": listed("level", "vix"),
    "put": built("rolling_put", of="stocks", volatility="vix", funded=False),
    "target": listed("rate", "target", known="target_known"),
    "late": listed("price", "late"),
    "cpi": listed("level", "cpi"),
    "inflation": built("annual_change", of="cpi"),
}


def ten_years(folder: Path, *, rows: int = 100) -> Path:
    """A folder with ten years of every kind of series in row groups of so many rows; `late` begins in the eighth."""
    noise = np.random.default_rng(3)
    count = len(DATES)
    prices = {name: 100 * np.exp(np.cumsum(noise.normal(0, 0.01, count))) for name in ("stocks", "gold", "late")}
    starts = np.arange(count) > 2000
    announced = [datetime.datetime.combine(day, datetime.time(14)) - datetime.timedelta(days=700) for day in DATES]
    months = np.append(True, np.diff([day.month for day in DATES]) != 0)
    table = pa.table(
        {
            "date": DATES,
            **prices,
            "late": pa.array(prices["late"], mask=~starts),
            "rate": noise.uniform(1, 5, count),
            "vix": noise.uniform(10, 30, count),
            "target": np.arange(count, dtype=float),
            "target_known": announced,  # two years ahead: a forecast is seen before its date
            "cpi": pa.array(np.linspace(100, 150, count), mask=~months),
        }
    )
    folder.mkdir(exist_ok=True)
    pq.write_table(table, folder / FILE, row_group_size=rows)
    files = {FILE: f"sha256 {sha256((folder / FILE).read_bytes())}"}
    return made_manifest(folder, histories={"made": {"title": "Made", "series": SERIES, "files": files}})


def assert_same(part: Market, whole: Market) -> None:
    """Both have the same sessions, levels, observables, calendar, bills and days."""
    pd.testing.assert_frame_equal(part.levels, whole.levels, check_exact=True)
    pd.testing.assert_frame_equal(part.observables, whole.observables, check_exact=True)
    pd.testing.assert_frame_equal(part.calendar, whole.calendar)
    np.testing.assert_array_equal(part.bill_returns, whole.bill_returns)
    np.testing.assert_array_equal(part.days, whole.days)


@pytest.fixture(scope="module", params=[1, 100, 5000], ids="{} rows".format)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Market]:
    """Ten years in row groups of so many rows: their folder, and the market of all of them."""
    folder = ten_years(tmp_path_factory.mktemp("years"), rows=request.param)
    return folder, load_market("made", folder)


@pytest.mark.parametrize("end", ["2000-01-04", "2001-12-31", "2007-09-03", "2009-06-30", "2030-01-01"])
def test_it_is_the_whole_cut_at_that_date(made: tuple[Path, Market], end: str) -> None:
    """Whatever the row groups, a market up to a date is the whole one cut there: forecasts and the calendar ahead too,
    a year's last session at its end, and an asset that had not begun."""
    folder, whole = made
    cut = whole.cut(int(whole.sessions.searchsorted(pd.Timestamp(end), side="right")))
    assert_same(load_market("made", folder, until=datetime.date.fromisoformat(end)), cut)


@pytest.mark.parametrize("end", [datetime.date(2008, 10, 13), datetime.date(2012, 12, 31), datetime.date(2018, 4, 1)])
def test_it_is_so_on_the_embedded_history(us: Market, end: datetime.date) -> None:
    """On real data too, before and after its later series begin."""
    whole = us.cut(int(us.sessions.searchsorted(pd.Timestamp(end), side="right")))
    assert_same(load_market("us", until=end), whole)


def test_carried_sessions_beyond_are_not_counted(us: Market) -> None:
    """What was carried is told of the sessions up to the date alone."""
    told = load_market("us", until=datetime.date(2012, 12, 31)).carried
    assert 0 < told["bonds"] < us.carried["bonds"]


def test_row_groups_beyond_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ten years in groups of a year, three years and a bit come off the disk for an end after two."""
    ten_years(tmp_path, rows=260)
    bytes_read: list[int] = []

    class Counted:
        """A file that counts what is read from it."""

        def __init__(self, path: Path) -> None:
            self.file: BinaryIO = path.open("rb")

        def __enter__(self) -> "Counted":
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def read(self, size: int = -1) -> bytes:
            """The bytes, counted."""
            piece = self.file.read(size)
            bytes_read.append(len(piece))
            return piece

    monkeypatch.setattr(store, "open_regular", Counted)
    monkeypatch.setattr(store, "file_sha256", lambda file, path: sha256((tmp_path / FILE).read_bytes()))
    history, roles = find_history("made", tmp_path), ["stocks", "gold", "vix", "rate"]
    sizes = []
    for until in (None, datetime.date(2001, 12, 31)):
        bytes_read.clear()
        read_figures(history, roles, until=until)
        sizes.append(sum(size for size in bytes_read if size != 65536))  # pyarrow takes the footer in one such piece
    assert 0 < sizes[1] < 0.5 * sizes[0]


def test_an_end_before_all_sessions_is_refused(tmp_path: Path) -> None:
    """There is no market of no session."""
    with pytest.raises(DataError, match="history 'made' has 0 sessions up to 1999-01-01; at least two are needed"):
        load_market("made", ten_years(tmp_path), until=datetime.date(1999, 1, 1))


def test_a_date_column_of_another_type_is_refused_as_ever(tmp_path: Path) -> None:
    """A limit does not hide that the dates are no dates."""
    folder = ten_years(tmp_path)
    table = pq.read_table(folder / FILE)
    texts = pa.array([str(day) for day in DATES])
    pq.write_table(table.set_column(0, "date", texts), folder / FILE)
    files = {FILE: f"sha256 {sha256((folder / FILE).read_bytes())}"}
    made_manifest(folder, histories={"made": {"title": "Made", "series": SERIES, "files": files}})
    with pytest.raises(DataError, match=r"column 'date' holds \w+; dates are needed"):
        load_market("made", folder, until=datetime.date(2003, 1, 1))
