"""The rows of a batch on disk: parts, their end in one table, and files that are damaged, half-written or foreign."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.batch.jobs import Job, Row, failed_row
from backtester.batch.store import SCHEMA, Store, _one_type
from backtester.batch.study import Value
from backtester.errors import DataError, OutputError

KILLED = """
import os, signal, sys
from pathlib import Path
from backtester.batch.jobs import Job, failed_row
from backtester.batch.store import Store
import pyarrow.parquet as pq

def write(table, where, **options):
    Path(where).write_bytes(b"PAR1 half")
    os.kill(os.getpid(), signal.SIGKILL)

pq.write_table = write
Store(Path(sys.argv[1])).add([failed_row(Job("k1", "n", "r", {}), None)])
"""


def job(number: int, **point: Value) -> Job:
    return Job(f"key{number}", f"job {number}", f"recipe {number}", point)


def row(number: int, error: str | None = None) -> Row:
    return failed_row(job(number), "it broke") | {"error": error, "cagr": number / 3}


def test_parts_are_read_back(tmp_path: Path) -> None:
    """Rows kept in two parts are both there, figures to the last bit; failed ones are left to be tried again."""
    store = Store(tmp_path)
    store.add([row(1), row(2, "it broke")])
    store.add([row(3)])
    assert {key: found["cagr"] for key, found in store.done().items()} == {"key1": 1 / 3, "key3": 1.0}


def test_nothing_is_written_for_no_rows(tmp_path: Path) -> None:
    """No rows make no part."""
    Store(tmp_path).add([])
    assert list(tmp_path.iterdir()) == []


def test_end_is_one_table_in_the_studys_order(tmp_path: Path) -> None:
    """The results have the jobs' order and a column a name of the grid; the parts are gone."""
    store, jobs = Store(tmp_path), [job(2, size=0.2), job(1, size=0.1)]
    store.add([row(1), row(2)])
    path = store.finish(jobs, {"key1": row(1), "key2": row(2)})
    table = pq.read_table(path)
    assert table.column_names[:5] == ["key", "name", "recipe", "setting_size", "error"]
    assert table["key"].to_pylist() == ["key2", "key1"]
    assert table["setting_size"].to_pylist() == [0.2, 0.1]
    assert [path.name for path in tmp_path.iterdir()] == ["results.parquet"]
    assert set(store.done()) == {"key1", "key2"}


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ([1, 2], [1, 2]),
        ([1, 0.5], [1.0, 0.5]),
        ([1, "a"], ["1", "a"]),
        ([True, 2], ["True", "2"]),
        ([0.5, True, "x"], ["0.5", "True", "x"]),
        ([True, False], [True, False]),
    ],
)
def test_settings_of_mixed_types_share_a_column(tmp_path: Path, values: list[Value], column: list[Value]) -> None:
    """Whole and other numbers are numbers; anything else that is mixed is text."""
    jobs = [job(number, x=value) for number, value in enumerate(values)]
    path = Store(tmp_path).finish(jobs, {one.key: row(number) for number, one in enumerate(jobs)})
    assert pq.read_table(path)["setting_x"].to_pylist() == column


def test_grids_with_other_names_leave_a_setting_empty(tmp_path: Path) -> None:
    """A job whose grid has no such name has null there."""
    jobs = [job(0, x=1), job(1, y="a"), job(2)]
    path = Store(tmp_path).finish(jobs, {one.key: row(number) for number, one in enumerate(jobs)})
    table = pq.read_table(path)
    assert table["setting_x"].to_pylist() == [1, None, None]
    assert table["setting_y"].to_pylist() == [None, "a", None]


@given(st.lists(st.none() | st.booleans() | st.integers(-9, 9) | st.floats(0, 9) | st.text(max_size=3), max_size=6))
def test_one_type_keeps_every_value_apart(values: list[Value | None]) -> None:
    """A column has one type, null stays null, and what was equal in type and value stays equal."""
    column = _one_type(values)
    assert len({type(value) for value in column if value is not None}) <= 1
    assert [value is None for value in column] == [value is None for value in values]


@pytest.mark.parametrize("name", ["part-0123.parquet", "results.parquet"])
@pytest.mark.parametrize("content", [b"", b"PAR1 and nothing more PAR1", b"text"])
def test_damaged_file_is_told(tmp_path: Path, name: str, content: bytes) -> None:
    """A part that is empty or cut short is an error that names it, and says what to do."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        Store(tmp_path).done()
    assert str(caught.value).startswith(f"{tmp_path / name} is not a file of this batch: ")
    assert str(caught.value).endswith("; remove it or name another --out")
    assert "\n" not in str(caught.value)


def test_foreign_file_is_told(tmp_path: Path) -> None:
    """A parquet file of other columns is not taken for results."""
    pq.write_table(SCHEMA.empty_table().select(["key", "name"]), tmp_path / "results.parquet")
    with pytest.raises(DataError, match=r"results\.parquet is not a file of this batch"):
        Store(tmp_path).done()


def test_leftovers_of_a_killed_run_are_ignored(tmp_path: Path) -> None:
    """Half-written files beside their final names are no parts."""
    Store(tmp_path).add([row(1)])
    (tmp_path / ".part-99.parquet.abc.tmp").write_bytes(b"PAR1 half")
    (tmp_path / ".results.parquet.abc.tmp").write_bytes(b"")
    assert set(Store(tmp_path).done()) == {"key1"}


def test_killed_at_the_moment_of_writing_leaves_no_half_file(tmp_path: Path) -> None:
    """A process that dies while it writes a part leaves none, and the rows that were there stay readable."""
    Store(tmp_path).add([row(1)])
    before = {path.name: path.read_bytes() for path in tmp_path.glob("part-*")}
    died = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.glob("part-*")} == before
    assert set(Store(tmp_path).done()) == {"key1"}
    assert os.listdir(tmp_path) != list(before)  # the half file is there, under a name that nobody reads


def test_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder that is a file is named."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot write .*part-.*\.parquet: Not a directory; name another folder"):
        Store(tmp_path / "file").add([row(1)])
