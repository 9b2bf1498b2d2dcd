"""The rows of a study on disk: parts, the view that is asked for, files that are damaged, half-written or foreign."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.batch import store as store_module
from backtester.batch.grid import GridValue
from backtester.batch.jobs import Job, failed_rows
from backtester.batch.rows import ROW_FIGURES, JobOutcome, table_of
from backtester.batch.store import MANY_PARTS, ROWS_SCHEMA, _one_type, open_store
from backtester.errors import OutputError
from backtester.files import sha256
from backtester.runs.settings import RunSettings

KILLED = """
import os, signal, sys
from pathlib import Path

from backtester.batch.rows import JobOutcome, table_of
from backtester.batch.store import open_store

def die(*args: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)

Path.replace = die  # once the file beside the name of the part is written
with open_store(Path(sys.argv[1]), "s") as store:
    store.add([table_of([("k1", "n", "r")], [JobOutcome(None)])])
"""


def job(number: int, **point: GridValue) -> Job:
    return Job(f"key{number}", f"job {number}", f"recipe {number}", point, RunSettings(), "{}")


def row(number: int) -> pa.Table:
    figures = np.full(len(ROW_FIGURES), number / 3)
    return table_of([(f"key{number}", "n", "r")], [JobOutcome(None, figures=figures, months=np.array([0.5, np.nan]))])


def kept(folder: Path) -> dict[str, float]:
    """The keys of a folder's rows, each with a figure."""
    with open_store(folder, "s") as store:
        return dict(zip(store.rows["key"].to_pylist(), store.rows["cagr"].to_pylist(), strict=True))


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A folder with two parts of a row each."""
    with open_store(tmp_path, "s") as store:
        store.add([row(1), failed_rows([job(2)], "it broke")])
        store.add([row(3)])
    return tmp_path


def test_parts_are_read_back(two: Path) -> None:
    """Rows kept in two parts are both there, figures to the last bit; failed ones are left to be tried again."""
    assert kept(two) == {"key1": 1 / 3, "key3": 1.0}
    with open_store(two, "s") as store:
        assert store.rows["months"].to_pylist() == [[0.5, None]] * 2
        assert store.row_numbers([job(3), job(2)]) == {"key3": store.rows["key"].to_pylist().index("key3")}


def test_nothing_is_written_for_no_rows(tmp_path: Path) -> None:
    """No rows, and rows of failed jobs alone, make no part, nor a folder for parts."""
    with open_store(tmp_path, "s") as store:
        store.add([])
        store.add([failed_rows([job(1)], "it broke")])
    assert not (tmp_path / "rows").exists()


def test_many_parts_become_one(tmp_path: Path) -> None:
    """Rows of many parts are put into one and read back; the next time there is nothing to gather. Killed before the
    parts were removed, each row is there once."""
    with open_store(tmp_path, "s") as store:
        made = [row(number) for number in range(MANY_PARTS)]
        for one in made:
            store.add([one])
        before = {path: path.read_bytes() for path in (tmp_path / "rows").iterdir()}
        store.merge_parts(made)
        assert store.parts == [path.name for path in (tmp_path / "rows").iterdir()]
    [whole] = (tmp_path / "rows").iterdir()
    everything = kept(tmp_path)
    assert everything == {f"key{number}": number / 3 for number in range(MANY_PARTS)}
    with open_store(tmp_path, "s") as store:
        store.merge_parts([])
        assert store.parts == [whole.name]
    path, content = next(iter(before.items()))
    path.write_bytes(content)
    assert kept(tmp_path) == everything
    assert list((tmp_path / "rows").iterdir()) == [whole]


def test_sixteen_parts_are_many(tmp_path: Path) -> None:
    """Fifteen stay as they are; one of sixteen that is gone meanwhile is no fault."""
    with open_store(tmp_path, "s") as store:
        made = [row(number) for number in range(16)]
        for count, one in enumerate(made, 1):
            store.add([one])
            if count == 15:
                store.merge_parts(made[:15])
                assert len(store.parts) == 15
        (tmp_path / "rows" / store.parts[0]).unlink()
        store.merge_parts(made)
        assert len(store.parts) == 1
    assert len(kept(tmp_path)) == 16


def test_gathering_keeps_the_rows_of_earlier_times(two: Path) -> None:
    """Parts of a folder that is opened again go with new ones into one, the rows that it had before among them."""
    made = [row(number) for number in range(10, 10 + MANY_PARTS)]
    with open_store(two, "s") as store:
        for one in made:
            store.add([one])
        store.merge_parts(made)
    assert len(list((two / "rows").iterdir())) == 1
    assert kept(two) == {f"key{number}": number / 3 for number in (1, 3, *range(10, 10 + MANY_PARTS))}


def test_a_part_that_has_all_rows_already_stays_when_parts_are_gathered(tmp_path: Path) -> None:
    """What all parts are gathered into may be one of them: it is not removed with the others."""
    with open_store(tmp_path, "s") as store:
        for _ in range(MANY_PARTS):
            store.add([row(1)])
        store.merge_parts([row(1)])
    assert kept(tmp_path) == {"key1": 1 / 3}


def test_parts_that_share_rows_are_both_kept(tmp_path: Path) -> None:
    """A part is given up only where others have all of its rows."""
    with open_store(tmp_path, "s") as store:
        store.add([row(1), row(2)])
        store.add([row(2), row(3)])
    for _ in range(2):  # the second time: nothing was removed by reading
        assert kept(tmp_path) == {"key1": 1 / 3, "key2": 2 / 3, "key3": 1.0}


def test_rows_of_now_stand_before_those_of_the_folder(two: Path) -> None:
    """A job that was carried out now has what came of it now, whatever the folder has."""
    figures = np.full(len(ROW_FIGURES), 7.0)
    now = table_of([("key1", "n", "r")], [JobOutcome(None, figures=figures, months=np.array([0.5]))])
    with open_store(two, "s") as store:
        assert store.write_results([job(1), job(3)], [now])["cagr"].to_pylist() == [7.0, 1.0]


def test_the_view_is_what_is_asked_now(two: Path) -> None:
    """The view has the asked jobs in their order, old rows and new, and a column a name of the grid; all rows stay."""
    with open_store(two, "s") as store:
        jobs = [job(4, size=0.4), job(3, size=0.3), job(5, size=0.5)]
        store.add([row(4)])
        made = store.write_results(jobs, [row(4)])
    table = pq.read_table(two / "results.parquet")
    assert table.equals(made)
    assert table.column_names[:5] == ["key", "name", "recipe", "setting_size", "error"]
    assert table["key"].to_pylist() == ["key4", "key3"]  # the third is not done
    assert table["setting_size"].to_pylist() == [0.4, 0.3]
    assert table["name"].to_pylist() == ["job 4", "job 3"]  # as the study calls them now
    assert set(kept(two)) == {"key1", "key3", "key4"}


def test_a_view_of_two_settings_and_a_scenario(two: Path) -> None:
    """Settings follow the recipe in their order, scenarios stand before the months; what is no number is null."""
    with open_store(two, "s") as store:
        jobs = [job(1, size=0.4, fund="bills"), job(3, size=0.3, fund="bonds")]
        made = store.write_results(
            jobs, [], {"stress_war": {"key1": float("nan")}, "stress_peace": {"key1": None, "key3": 0.5}}
        )
    names = made.column_names
    assert names[:6] == ["key", "name", "recipe", "setting_size", "setting_fund", "error"]
    assert names[names.index("months") - 2 : names.index("months") + 1] == ["stress_war", "stress_peace", "months"]
    assert (made["stress_war"].to_pylist(), made["stress_peace"].to_pylist()) == ([None, None], [None, 0.5])
    assert json.loads((two / "study.json").read_text()) == {"schema": 1, "study": "s"}


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ([1, 2], [1, 2]),
        ([1, 0.5], [1.0, 0.5]),
        ([1, "a"], ["1", "a"]),
        ([True, 2], ["True", "2"]),
        ([0.5, True, "x"], ["0.5", "True", "x"]),
        ([True, False], [True, False]),
        ([None, "a"], [None, "a"]),
    ],
)
def test_settings_of_mixed_types_share_a_column(values: list[GridValue | None], column: list[GridValue | None]) -> None:
    """Whole and other numbers are numbers; anything else that is mixed is text; what a grid has not is null."""
    assert _one_type(values) == column


@given(st.lists(st.none() | st.booleans() | st.integers(-9, 9) | st.floats(0, 9) | st.text(max_size=3), max_size=6))
def test_one_type_keeps_every_value_apart(values: list[GridValue | None]) -> None:
    """A column has one type, null stays null, and what was equal in type and value stays equal."""
    column = _one_type(values)
    assert len({type(value) for value in column if value is not None}) <= 1
    assert [value is None for value in column] == [value is None for value in values]


@pytest.mark.parametrize("damage", ["empty", "cut", "bit"])
def test_a_damaged_part_is_noticed_and_goes(two: Path, damage: str) -> None:
    """A part that is empty, cut short or has one other bit is named and removed, and its rows are not there; the other
    part's are."""
    path = sorted((two / "rows").iterdir())[0]
    content = path.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    path.write_bytes({"empty": b"", "cut": content[:-9], "bit": flipped}[damage])
    with open_store(two, "s") as store:
        assert (store.damaged, len(store.rows)) == ([path.name], 1)
    with open_store(two, "s") as store:
        assert (store.damaged, len(store.rows)) == ([], 1)


def test_rows_of_other_columns_are_left_alone(two: Path) -> None:
    """A part that another version wrote is neither taken nor removed."""
    other = pa.BufferOutputStream()
    pq.write_table(ROWS_SCHEMA.empty_table().select(["key", "name"]), other)
    content = other.getvalue().to_pybytes()
    path = two / "rows" / f"part-{sha256(content)[:16]}.parquet"
    path.write_bytes(content)
    assert set(kept(two)) == {"key1", "key3"}
    assert path.exists()


def test_a_folder_of_another_study_is_refused(two: Path) -> None:
    """Neither another study nor a run gives its folder away."""
    with pytest.raises(OutputError, match=r"is the folder of study 's', not of 't'; name another with --out$"):
        open_store(two, "t").__enter__()
    (two / "study.json").write_text("no json")
    with pytest.raises(OutputError, match=r"study\.json cannot be read; remove it, or name another folder"):
        open_store(two, "s").__enter__()
    (two / "study.json").unlink()
    (two / "result.json").write_text(json.dumps({}))
    with pytest.raises(OutputError, match=r"is the folder of a run; name another with --out$"):
        open_store(two, "s").__enter__()


def test_two_at_once_are_refused(two: Path) -> None:
    """While one holds the folder another is refused; afterwards it is not."""
    with (
        open_store(two, "s"),
        pytest.raises(OutputError, match=r"^another process is carrying out a study in .*; wait for it, or name"),
        open_store(two, "s"),
    ):
        pass
    assert set(kept(two)) == {"key1", "key3"}


def test_killed_at_the_moment_of_writing_leaves_no_half_file_and_no_lock(two: Path) -> None:
    """A process that dies while it writes a part leaves none, the rows that were there stay readable, and the folder
    is free."""
    died = subprocess.run([sys.executable, "-c", KILLED, str(two)], capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert len(os.listdir(two / "rows")) == 3  # the half file is there, under a name that nobody reads
    assert set(kept(two)) == {"key1", "key3"}
    assert len(os.listdir(two / "rows")) == 2


def test_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder below a file is refused before anything runs."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot write into .*: Not a directory; name another folder with --out"):
        open_store(tmp_path / "file" / "out", "s").__enter__()


def test_who_finds_a_new_folder_held_leaves_it_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two processes that begin in one folder which is not there yet, the one that is too late removes nothing of the
    other's, though that has written nothing yet."""
    folder, make = tmp_path / "study", store_module.make_folder
    with contextlib.ExitStack() as first:

        def begun_meanwhile(place: Path) -> Path:
            monkeypatch.setattr(store_module, "make_folder", make)
            first.enter_context(open_store(place, "s"))
            return make(place)

        monkeypatch.setattr(store_module, "make_folder", begun_meanwhile)
        with pytest.raises(OutputError, match="another process is carrying out a study"), open_store(folder, "s"):
            pass
        assert (folder / "rows").is_dir()
    assert not (folder / "rows").exists()
