"""Reading parquet: only what the manifest vouches for, and no bad figure (backtester/histories/store.py)."""

import datetime
import io
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backtester.errors import DataError
from backtester.files import sha256
from backtester.histories import store
from backtester.histories.file_hashes import file_sha256
from backtester.histories.manifest import find_history
from backtester.histories.market import Market, load_market
from backtester.histories.series_inputs import Figures
from backtester.histories.store import read_columns, read_figures
from folders import FILE, listed, made_folder, made_manifest, made_parquet, weekdays

DATES = weekdays("2024-01-01", 3)
COLUMNS: dict[str, Any] = {"date": DATES, "stocks": [1.0, 2.0, 3.0], "vix": [10.0, 20.0, 30.0]}
SERIES = {"stocks": listed("price", "stocks"), "vix": listed("level", "vix")}
RESTORE = "restore the file or build 'made' again"
MEND = "mend the source and build it again"


def figures(folder: Path, role: str = "stocks") -> Figures:
    """The figures of one role of the history `made`."""
    return read_figures(find_history("made", folder), [role])[role]


def refusal(folder: Path) -> str:
    """What is said when the history `made` of a folder is read, after its name."""
    with pytest.raises(DataError) as told:
        load_market("made", folder)
    return re.sub(r"datetime64\[\w+", "datetime64[ms", str(told.value).removeprefix("history 'made'"))


def test_reads_the_columns_asked_for(tmp_path: Path) -> None:
    """Figures come as float64 by date, with null rows left out and in the file's order."""
    dates = weekdays("2024-01-01", 4)
    made_folder(tmp_path, {"date": dates, "stocks": [1, None, 3, 4]})
    values = figures(tmp_path).values
    assert values.dtype == np.float64
    assert list(values) == [1.0, 3.0, 4.0]
    assert list(values.index.date) == [dates[0], dates[2], dates[3]]


def test_dates_of_any_unit_are_the_same_dates(tmp_path: Path) -> None:
    """Dates stored as days, milliseconds, microseconds or nanoseconds are read as the same dates."""
    read = []
    for kind in (pa.date32(), pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns")):
        made_folder(tmp_path, {**COLUMNS, "date": pa.array(DATES, pa.date32()).cast(pa.timestamp("s")).cast(kind)})
        read.append(figures(tmp_path).values)
    for other in read[1:]:
        pd.testing.assert_series_equal(read[0], other)


def pandas_folder(folder: Path, frame: pd.DataFrame, metadata: bytes | None = None) -> Path:
    """The folder, with a history `made` of a file as pandas writes the frame, or with other metadata for pandas."""
    folder.mkdir(exist_ok=True)
    frame.to_parquet(folder / FILE)
    if metadata is not None:
        pq.write_table(pq.read_table(folder / FILE).replace_schema_metadata({b"pandas": metadata}), folder / FILE)
    files = {FILE: f"sha256 {sha256((folder / FILE).read_bytes())}"}
    return made_manifest(folder, histories={"made": {"title": "Made", "series": SERIES, "files": files}})


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York", "Asia/Tokyo", "+05:30"])
@pytest.mark.parametrize("name", ["date", "Date", None])
def test_an_index_of_dates_as_pandas_writes_it(tmp_path: Path, unit: str, zone: str | None, name: str | None) -> None:
    """In any unit, at midnight of any zone, whether the index has a name or not: the dates are those of the zone."""
    index = pd.DatetimeIndex(DATES, name=name).as_unit(unit).tz_localize(zone)
    frame = pd.DataFrame({"stocks": [1.0, np.nan, 3.0], "vix": [1, 2, 3]}, index)
    values = figures(pandas_folder(tmp_path, frame)).values
    assert list(values.index.date) == [DATES[0], DATES[2]]
    assert list(values) == [1, 3]
    assert list(load_market("made", tmp_path, until=DATES[2]).sessions.date) == [DATES[0], DATES[2]]


@pytest.mark.parametrize("metadata", [b"", b"{}", b"[]", b"no json", b"\xff", b'{"index_columns": ["there is none"]}'])
def test_what_pandas_notes_in_a_file_is_nothing_to_us(tmp_path: Path, metadata: bytes) -> None:
    """Its metadata can say that `date` is an index, or be broken: the columns are read as they are."""
    frame = pd.DataFrame(COLUMNS | {"date": pd.to_datetime(DATES)}).set_index("date")
    assert list(figures(pandas_folder(tmp_path, frame, metadata)).values) == [1, 2, 3]


def test_columns_of_pandas_own_types(tmp_path: Path) -> None:
    """Whole numbers that can be missing, and 32-bit floats, are numbers like others."""
    frame = pd.DataFrame(
        {"stocks": pd.array([1, None, 3], "Int64"), "vix": np.array([1.5, 2.5, 3.5], np.float32)},
        pd.DatetimeIndex(DATES, name="date"),
    )
    assert list(figures(pandas_folder(tmp_path, frame)).values) == [1, 3]
    assert list(figures(tmp_path, "vix").values) == [1.5, 2.5, 3.5]


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named, with the system's reason and what to do."""
    made_folder(tmp_path, COLUMNS)
    (tmp_path / FILE).unlink()
    assert refusal(tmp_path) == f": cannot read {tmp_path / FILE}: No such file or directory; {RESTORE}"


def test_refuses_a_file_that_the_manifest_does_not_vouch_for(tmp_path: Path) -> None:
    """One changed byte is enough: the file's hash is not the manifest's."""
    made_folder(tmp_path, COLUMNS)
    content = bytearray((tmp_path / FILE).read_bytes())
    content[40] ^= 1
    (tmp_path / FILE).write_bytes(content)
    assert refusal(tmp_path) == f": {tmp_path / FILE} is not the file that the manifest vouches for; {RESTORE}"


@pytest.mark.parametrize("content", [b"", b"PAR1", b"date,stocks\n2024-01-01,1\n", b"PAR1" + b"\0" * 400 + b"PAR1"])
def test_refuses_what_is_no_parquet(tmp_path: Path, content: bytes) -> None:
    """A file that the manifest vouches for but that is no parquet is refused by its path."""
    (tmp_path / FILE).write_bytes(content)
    files = {FILE: f"sha256 {sha256(content)}"}
    made_manifest(tmp_path, histories={"made": {"title": "Made", "series": SERIES, "files": files}})
    assert refusal(tmp_path) == f": {tmp_path / FILE} is not a readable parquet file; {RESTORE}"


@pytest.mark.parametrize(
    "error",
    [
        pa.ArrowMemoryError("malloc of size 9 failed"),
        pa.ArrowException("Unknown error: Failed to launch worker thread"),
    ],
)
def test_want_of_memory_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Where a file cannot be read for want of memory, or of what a thread needs, nobody is sent to restore it."""

    def fail(*_: object, **__: object) -> None:
        raise error

    made_folder(tmp_path, COLUMNS)
    monkeypatch.setattr(pq, "ParquetFile", fail)
    more = "allow this process more of it, or restore the file"
    assert refusal(tmp_path) == f": {tmp_path / FILE} takes more memory than there is; {more}"


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_damage_escapes_as_another_error(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever bytes of a file are damaged or cut off, it is read or refused as data, never another error."""
    made_parquet(tmp_path, COLUMNS)
    content = bytearray((tmp_path / FILE).read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    cut = bytes(content[: data.draw(st.sampled_from([len(content), len(content) // 2, len(content) - 9]))])
    (tmp_path / FILE).write_bytes(cut)
    files = {FILE: f"sha256 {sha256(cut)}"}
    made_manifest(tmp_path, histories={"made": {"title": "Made", "series": SERIES, "files": files}})
    try:
        levels = load_market("made", tmp_path).levels.to_numpy()
    except DataError:
        return
    assert np.isfinite(levels).all()


def test_refuses_a_missing_column(tmp_path: Path) -> None:
    """A column that the file does not have is named, be it figures, dates or times of publication."""
    told = SERIES | {"cpi": listed("level", "vix", known="vix_known")}
    made_folder(tmp_path, {"date": DATES, "stocks": [1.0, 2.0, 3.0]}, SERIES)
    assert refusal(tmp_path) == f": {tmp_path / FILE} has no column 'vix'; mend the manifest"
    made_folder(tmp_path, COLUMNS, told)
    assert refusal(tmp_path) == f": {tmp_path / FILE} has no column 'vix_known'; mend the manifest"
    made_folder(tmp_path, {"day": DATES, "stocks": [1.0, 2.0, 3.0]}, {"stocks": SERIES["stocks"]})
    assert refusal(tmp_path) == f": {tmp_path / FILE} has no column 'date'; mend the manifest"
    with pytest.raises(DataError, match="has no column 'date'"):
        read_columns(find_history("made", tmp_path), FILE)


@pytest.mark.parametrize(
    ("order", "late"), [([0, 2, 1], "2024-01-02"), ([0, 1, 1], "2024-01-02"), ([2, 1, 0], "2024-01-02")]
)
def test_refuses_dates_that_repeat_or_go_backwards(tmp_path: Path, order: list[int], late: str) -> None:
    """The first date that does not follow the one before it is named, and what to do."""
    made_folder(tmp_path, {**COLUMNS, "date": [DATES[place] for place in order]})
    words = f", series 'stocks': dates repeat or go backwards at {late}; sort the file by date, one row a date"
    assert refusal(tmp_path) == words


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        (["2024-01-01", "2024-01-02", "2024-01-03"], "column 'date' holds str; dates are needed"),
        ([1, 2, 3], "column 'date' holds int64; dates are needed"),
        (
            pd.to_datetime(DATES).tz_localize("UTC").tz_convert("America/New_York"),
            "2023-12-31 19:00:00 has a time of day; dates are needed (the manifest's 'close' says when)",
        ),
        ([DATES[0], None, DATES[2]], "a date is missing; every value needs a date"),
        (
            pd.to_datetime(DATES) + pd.Timedelta(hours=16),
            "2024-01-01 16:00:00 has a time of day; dates are needed (the manifest's 'close' says when)",
        ),
        (
            [datetime.date(1024, 1, 1), *DATES[1:]],
            "a date lies outside 1800 to 2200; mend the source",
        ),
    ],
)
def test_refuses_what_are_no_dates(tmp_path: Path, dates: Any, words: str) -> None:
    """Text, numbers, time zones, times of day, missing dates and dates in another unit are refused."""
    made_folder(tmp_path, {**COLUMNS, "date": dates})
    assert refusal(tmp_path) == f", series 'stocks': {words}"


def test_refuses_a_series_without_a_value(tmp_path: Path) -> None:
    """A column of nulls has no first date to start from."""
    made_folder(tmp_path, {**COLUMNS, "stocks": pa.nulls(3, pa.float64())})
    assert refusal(tmp_path) == ", series 'stocks': no value at all; every value needs a date"


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("price", float("nan"), f"nan on 2024-01-02 is not finite; {MEND}"),
        ("price", float("inf"), f"inf on 2024-01-02 is not finite; {MEND}"),
        ("total_return", -float("inf"), f"-inf on 2024-01-02 is not finite; {MEND}"),
        ("rate", float("nan"), f"nan on 2024-01-02 is not finite; {MEND}"),
        ("price", 0.0, f"0.0 on 2024-01-02 is not above zero; {MEND}"),
        ("total_return", -1.5, f"-1.5 on 2024-01-02 is not above zero; {MEND}"),
        ("level", 0.0, f"0.0 on 2024-01-02 is not above zero; {MEND}"),
        ("yield", -100.0, f"-100.0 on 2024-01-02 is no yield in percent; {MEND}"),
    ],
)
def test_refuses_a_bad_figure(tmp_path: Path, kind: str, value: float, words: str) -> None:
    """A figure that no price, level or yield can have is named with its date; NaN is a figure, null is none."""
    vix = pa.array([10.0, value, 30.0], from_pandas=False)
    made_folder(tmp_path, {**COLUMNS, "vix": vix}, {"stocks": SERIES["stocks"], "vix": listed(kind, "vix")})
    assert refusal(tmp_path) == f", series 'vix': {words}"


@pytest.mark.parametrize("kind", ["yield", "rate"])
def test_yields_and_rates_may_be_zero_or_below(tmp_path: Path, kind: str) -> None:
    """A yield of zero or below is a real figure (the United States in 2020, Germany for years)."""
    made_folder(tmp_path, {**COLUMNS, "vix": [0.0, -0.5, 1.0]}, {**SERIES, "vix": listed(kind, "vix")})
    assert list(figures(tmp_path, "vix").values) == [0.0, -0.5, 1.0]


@pytest.mark.parametrize(
    ("column", "held"), [(["1", "2", "3"], "str"), ([True, False, True], "bool"), (DATES, "datetime64[ms]")]
)
def test_refuses_what_are_no_numbers(tmp_path: Path, column: Any, held: str) -> None:
    """Text, flags and dates in a column of figures are refused with what they are."""
    made_folder(tmp_path, {**COLUMNS, "stocks": column})
    assert refusal(tmp_path) == f", series 'stocks': column 'stocks' holds {held}, not numbers"


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (
            pd.to_datetime(DATES).tz_localize("UTC"),
            "column 'told' holds datetime64[ms, UTC]; times without a time zone are needed",
        ),
        (["16:30", "16:30", "16:30"], "column 'told' holds str; times without a time zone are needed"),
        ([DATES[0], None, DATES[2]], "no time in 'told' for 2024-01-02; every value needs one"),
    ],
)
def test_refuses_publication_times_that_are_none(tmp_path: Path, times: Any, words: str) -> None:
    """A time of publication has no time zone (it is the exchange's), and no value goes without one."""
    told = {"stocks": SERIES["stocks"], "vix": listed("level", "vix", known="told")}
    made_folder(tmp_path, {**COLUMNS, "told": times}, told)
    assert refusal(tmp_path) == f", series 'vix': {words}"


def test_reads_the_file_that_it_hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that takes the name between hashing and reading is not the one that is read."""
    made_folder(tmp_path, COLUMNS)
    made_folder(tmp_path / "other", {**COLUMNS, "stocks": [7.0, 8.0, 9.0]})

    def hashed_then_swapped(file: BinaryIO, path: Path) -> str:
        found = file_sha256(file, path)
        (tmp_path / "other" / FILE).replace(tmp_path / FILE)
        return found

    monkeypatch.setattr(store, "file_sha256", hashed_then_swapped)
    assert list(figures(tmp_path).values) == [1.0, 2.0, 3.0]


def test_refuses_a_file_that_changes_under_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that grows between hashing and reading was not vouched for."""
    made_folder(tmp_path, COLUMNS)

    def hashed_then_changed(file: BinaryIO, path: Path) -> str:
        found = file_sha256(file, path)
        os.utime(path, ns=(1, 1))
        return found

    monkeypatch.setattr(store, "file_sha256", hashed_then_changed)
    assert refusal(tmp_path) == f": {tmp_path / FILE} changed while it was read; run it again"


def test_reads_no_more_than_the_columns_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of forty columns of 20,000 figures each, two are read off the disk: their own bytes and the file's footer."""
    noise = np.random.default_rng(0).random((40, 20_000)) + 1
    columns = {"date": weekdays("1900-01-01", 20_000), **{f"s{n}": row for n, row in enumerate(noise)}}
    made_folder(tmp_path, columns)
    read: list[int] = []

    class Counted(io.FileIO):
        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(-1 if size is None else size)
            read.append(len(piece))
            return piece

    monkeypatch.setattr(store, "open_regular", Counted)
    monkeypatch.setattr(store, "file_sha256", lambda file, path: sha256((tmp_path / FILE).read_bytes()))
    found = read_figures(find_history("made", tmp_path), ["s3", "s7"])
    assert list(found["s7"].values) == list(noise[7])
    assert 2 * 8 * 20_000 < sum(read) < 5 * 8 * 20_000 < (tmp_path / FILE).stat().st_size / 7


@pytest.mark.parametrize("roles", [["gold"], ["gold", "stocks", "bills"]])
def test_a_market_of_some_roles_is_that_part_of_the_whole(us: Market, roles: list[str]) -> None:
    """A market of some roles has these, stocks and bills, the same to the last figure."""
    part = load_market("us", roles=roles)
    assert part.levels.columns.to_list() == ["stocks", "bills", "gold"]
    assert part.observables.columns.to_list() == ["yield_3m"]  # of which bills are made
    pd.testing.assert_frame_equal(part.levels, us.levels[["stocks", "bills", "gold"]])


def test_a_market_of_an_unknown_role_is_refused() -> None:
    """A role that the history does not have is answered with the nearest."""
    with pytest.raises(DataError, match="history 'us' has no role 'goldd'; did you mean 'gold'"):
        load_market("us", roles=["goldd"])


def test_refuses_a_column_that_is_there_twice(tmp_path: Path) -> None:
    """Two columns of one name leave open which is meant."""
    made_folder(tmp_path, COLUMNS, SERIES)
    table = pa.table([DATES, [1.0] * 3, [2.0] * 3, [3.0] * 3], names=["date", "stocks", "vix", "vix"])
    pq.write_table(table, tmp_path / FILE)
    files = {FILE: f"sha256 {sha256((tmp_path / FILE).read_bytes())}"}
    made_manifest(tmp_path, histories={"made": {"title": "Made", "series": SERIES, "files": files}})
    assert refusal(tmp_path) == f": {tmp_path / FILE} has 2 columns 'vix'; mend the manifest"


def test_every_message_names_history_and_series(tmp_path: Path) -> None:
    """A refusal says in which history and which series, so that it can be found."""
    made_folder(tmp_path, {**COLUMNS, "stocks": [1.0, -2.0, 3.0]})
    with pytest.raises(DataError, match=re.escape("history 'made', series 'stocks': -2.0 on 2024-01-02")):
        load_market("made", tmp_path)


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        (["1800-01-01", "2200-01-01"], ""),
        (["1799-12-31", "2000-01-01"], "x: a date lies outside 1800 to 2200; mend the source"),
        (["2000-01-01", "2200-01-02"], "x: a date lies outside 1800 to 2200; mend the source"),
        (["2000-01-01", "2000-01-02 01:00"], "x: 2000-01-02 01:00:00 has a time of day; dates are needed (the "
         "manifest's 'close' says when)"),
    ],
)  # fmt: skip
def test_the_first_and_the_last_date_that_there_can_be(dates: list[str], words: str) -> None:
    """New Year's Day of 1800 and of 2200; what lies beyond was stored in another unit."""
    given = pd.Series(pd.to_datetime(dates, format="ISO8601"))
    if not words:
        assert list(store._dates("x", given)) == list(given)
        return
    with pytest.raises(DataError) as told:
        store._dates("x", given)
    assert str(told.value) == words


def test_figures_that_are_held_go_a_year_beyond_what_is_seen(tmp_path: Path) -> None:
    """As those of files do: which sessions end their year is known ahead."""
    made_folder(tmp_path, COLUMNS, SERIES)
    days = pd.date_range("2020-01-01", "2022-12-31")
    history = replace(find_history("made", tmp_path), in_memory={"gold": pd.Series(1.0, days)})
    until = datetime.date(2021, 3, 1)
    assert read_figures(history, ["gold"], until=until)["gold"].values.index[-1] == pd.Timestamp("2022-03-01")
    assert len(read_figures(history, ["gold"])["gold"].values) == len(days)
    assert read_figures(history, ["bonds"]) == {}
    whole = read_figures(history, ["gold"], until=datetime.date.max)["gold"]
    assert whole.values.index[-1] == days[-1], "the last year that there is has none after it"
