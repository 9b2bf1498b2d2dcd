"""The long history, fetched from a server with the providers' real files, is the one that is built of them."""

import io
import json
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from backtester.histories.blueprints.blueprint import read_blueprint
from backtester.histories.blueprints.build import build_history, file_reader
from backtester.histories.fetch.history import fetch_history
from backtester.histories.fetch.plan import merge_pieces, plan_downloads
from backtester.histories.fetch.settings import FetchSettings
from folders import MORE, SHARED, shared_file
from loopback import Answer, provider


def served(file: str) -> bytes:
    """What a provider would send for a file: French a zip, LBMA its feed, FRED a csv, of DTWEXM all of it at once."""
    if file == "DTWEXM.csv":
        older, newer = (shared_file(f"fred/DTWEXM_{years}.csv").read_bytes() for years in ("1973_2016", "2003_2019"))
        return older[: older.index(b"2003-01-02")] + newer[newer.index(b"2003-01-02") :]
    if file == "gold_pm_usd.csv":
        rows = shared_file(f"lbma/{file}").read_text().splitlines()[1:]
        return json.dumps([{"d": row[:10], "v": [float(row[11:] or 0), 0, 0]} for row in rows]).encode()
    if not file.startswith("F-F"):
        return shared_file(f"fred/{file}").read_bytes()
    buffer = io.BytesIO()
    place = f"french/{file}" if "daily" in file else f"../more/{file.replace('.csv', '.CSV')}"
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(file, shared_file(place).read_bytes())
    return buffer.getvalue()


def figures(folder: Path) -> pd.DataFrame:
    """The history's figures by date."""
    return pq.read_table(folder / "histories" / "us_long.parquet").to_pandas().set_index("date")


@pytest.fixture
def fetched(tmp_path: Path) -> Path:
    """A folder with the long history, fetched."""
    with provider() as server:
        for download in plan_downloads(merge_pieces(read_blueprint("us_long")[1])):
            server.answers[download.url.removeprefix("https:/")] = [Answer(served(download.file))]
        settings = FetchSettings(tmp_path / "cache", base_url=server.url)
        folder = tmp_path / "fetched"
        assert fetch_history("us_long", folder, settings).warnings == []
        assert len(server.asked) == 16
    return folder


def test_fetched_and_built_are_the_same(fetched: Path, tmp_path: Path) -> None:
    """Every figure is the same; the dollar's before 2003 to a part in 100,000, by which FRED's two vintages differ."""
    build_history("us_long", tmp_path / "built", file_reader(SHARED, MORE))
    built, got = figures(tmp_path / "built"), figures(fetched)
    pd.testing.assert_frame_equal(got.drop(columns="dollar"), built.drop(columns="dollar"), check_exact=True)
    pd.testing.assert_series_equal(got["dollar"], built["dollar"], check_exact=False, rtol=2e-5)
    late = got.index > pd.Timestamp(2003, 1, 2).date()
    pd.testing.assert_series_equal(got["dollar"][late], built["dollar"][late], check_exact=True)
