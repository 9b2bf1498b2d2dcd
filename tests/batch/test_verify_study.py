"""`verify` of a study: a sample of its jobs carried out again from its own folder, and held to its table."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from backtester.batch.carry_out import run_batch
from backtester.batch.forecast import forecast
from backtester.batch.workers import TaskLimits
from mistakes import BACKTESTER, as_anybody, called, contents, message, refusal

LIMITS = TaskLimits(60, 4000)
CASH = '"""Hold some stocks."""\ndef weights(*, share=0.0):\n    return {"stocks": share}\n'
STUDY = """
name = "sweep"
history = "small"
data = "data"
plugins = ["mine"]
start = 2019-01-02
stress = ["Dash for cash"]
rank_by = "stress_dash_for_cash"
[execution]
lag = 2
[[grid]]
recipe = "some(share={x})"
x = { from = 0.1, to = 0.5, step = 0.1 }
band = [0.0, 0.01]
bonds_role = ["bonds", "gold"]
"""


@pytest.fixture(scope="module")
def made(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the study `sweep`, its twenty jobs carried out, its data and its strategy."""
    place = tmp_path_factory.mktemp("verified")
    shutil.copytree(small, place / "data")
    (place / "mine").mkdir()
    (place / "mine" / "some.py").write_text(CASH)
    (place / "sweep.toml").write_text(STUDY)
    batch = run_batch(place / "sweep.toml", place / "out", workers=1, limits=LIMITS, progress=lambda *now: None)
    assert (batch.failed, len(batch.table), batch.failed_scenarios) == (0, 20, [])
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    shutil.copytree(made, tmp_path / "place")
    return tmp_path / "place"


def edit(folder: Path, column: str, values: pa.Array) -> None:
    """Put other values in a column of a study's table."""
    table = pq.read_table(folder / "results.parquet")
    changed = table.set_column(table.column_names.index(column), column, values)
    pq.write_table(changed, folder / "results.parquet")


def test_rows_are_what_their_jobs_give(made: Path) -> None:
    """A sample of jobs comes out again to the last bit; nothing in the folder is changed, and no job is left to do."""
    before = contents(made)
    assert called(made, "verify", "out", "--sample", "7") == (
        0,
        "7 of 20 jobs were carried out again\nEvery figure is the same, to the last bit\n",
        "",
    )
    status, out, _ = called(made, "verify", "out", "--json")
    assert (status, json.loads(out)) == (0, {"equal": True, "largest_difference": 0.0, "at": "", "jobs": 20, "of": 20})
    assert contents(made) == before
    assert forecast(made / "sweep.toml", made / "out", workers=1, limits=LIMITS).seconds is None


def test_the_largest_difference_and_its_job_are_named(place: Path) -> None:
    """Of two figures that were changed the one that is further off is named with its job and both values; status 1."""
    table = pq.read_table(place / "out" / "results.parquet")
    right = table["cagr"].to_pylist()
    edit(place / "out", "cagr", pa.array([right[0] + 0.25, right[1] + 0.5, *right[2:]]))
    status, out, err = called(place, "verify", "out")
    where = f"{table['name'][1].as_py()}: cagr"
    said = f"{where} is {right[1] + 0.5!r} in the folder and {right[1]!r} now, 0.5 apart"
    expected = f"20 of 20 jobs were carried out again\nThe largest difference of any figure: {said}\n"
    assert (status, out, err) == (1, expected, "")
    status, out, _ = called(place, "verify", "out", "--json")
    found = json.loads(out)
    assert (status, found["equal"], found["at"]) == (1, False, where)
    assert found["largest_difference"] == pytest.approx(0.5)


def test_rounding_is_no_difference(place: Path) -> None:
    """What another machine's rounding may change is said, and passes."""
    edit(place / "out", "cagr", pc.add(pq.read_table(place / "out" / "results.parquet")["cagr"], 1e-15))
    status, out, _ = called(place, "verify", "out")
    assert status == 0
    assert out.endswith(" apart, which rounding explains\n")


def test_months_are_compared(place: Path) -> None:
    """The monthly returns of a job are figures too."""
    months = pq.read_table(place / "out" / "results.parquet")["months"].to_pylist()
    months[3][2] += 0.125
    edit(place / "out", "months", pa.array(months, pa.list_(pa.float32())))
    status, out, _ = called(place, "verify", "out", "--json")
    assert (status, json.loads(out)["at"].partition(": ")[2]) == (1, "months.2")


def test_scenarios_are_compared(place: Path) -> None:
    """What jobs return in a scenario is a figure too: a changed one is found, and another scenario refused."""
    right = pq.read_table(place / "out" / "results.parquet")["stress_dash_for_cash"].to_pylist()
    edit(place / "out", "stress_dash_for_cash", pa.array([*right[:5], right[5] + 0.25, *right[6:]]))
    status, out, _ = called(place, "verify", "out", "--json")
    found = json.loads(out)
    assert (status, found["at"].partition(": ")[2]) == (1, "stress_dash_for_cash")
    assert found["largest_difference"] == pytest.approx(0.25)
    path = place / "out" / "manifest.json"
    manifest = json.loads(path.read_text())
    [sha256] = manifest["scenarios"].values()
    path.write_text(json.dumps(manifest | {"scenarios": {"stress_dash_for_cash": "0" * len(sha256)}}))
    [line] = refusal(place, "verify", "out")
    changed = (
        "the scenario of column 'stress_dash_for_cash' changed since the study in out; put its file back as it was"
    )
    assert line == f"{changed} (its SHA-256 began with 000000000000), or carry the study out anew"


def test_what_the_study_saw_must_be_here(place: Path) -> None:
    """A strategy that is gone or changed, and a history of other figures, are refused by name."""
    (place / "mine" / "some.py").write_text(CASH + "# changed\n")
    [line] = refusal(place, "verify", "out")
    assert line.startswith(
        "strategy 'some' (mine/some.py) changed since the study; name the file as it was with --plug"
    )
    (place / "mine" / "some.py").rename(place / "some.txt")
    [line] = refusal(place, "verify", "out")
    assert line == "strategy 'some' (some.py) is not here; name its file or folder with --plugins"
    (place / "yours").mkdir()
    (place / "yours" / "some.py").write_text(CASH)
    assert called(place, "verify", "out", "--plugins", "yours", "--sample", "1")[0] == 0
    manifest = place / "data" / "manifest.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('"maturity_years" = 10', '"maturity_years" = 9'), encoding="utf-8")
    [line] = refusal(place, "verify", "out", "--plugins", "yours")
    remedy = "name the data as it was with --data, or carry the study out anew"
    assert line == f"history 'small' changed since the study in out; {remedy}"


def test_rows_of_other_jobs_are_refused(place: Path) -> None:
    """A row of no job of the study, a table without a column, and one whose jobs all failed have nothing to compare."""
    table = pq.read_table(place / "out" / "results.parquet")
    again = "carry the study out again with batch"
    edit(place / "out", "key", pa.array(["other", *table["key"].to_pylist()[1:]]))
    [line] = refusal(place, "verify", "out")
    name = table["name"][0].as_py()
    why = "is not in the study, or has another key in this version of the program"
    assert line == f"out has {name!r}, which {why}; {again}"
    pq.write_table(table.drop_columns(["months"]), place / "out" / "results.parquet")
    assert refusal(place, "verify", "out") == [f"out has no column 'months'; {again}"]
    pq.write_table(table, place / "out" / "results.parquet")
    edit(place / "out", "error", pa.array(["raised"] * 20))
    assert refusal(place, "verify", "out") == [f"out has no job that came to something; {again}"]


@pytest.mark.parametrize(
    ("part", "value"), [("study", {"grid": []}), ("data", {}), ("plugins", {"some": {}}), ("versions", 3)]
)
def test_damaged_manifest_is_refused(place: Path, part: str, value: object) -> None:
    """A manifest that `batch` did not write is refused by its name."""
    path = place / "out" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {part: value}))
    assert refusal(place, "verify", "out")[0].startswith("out/manifest.json")


def test_a_folder_of_neither_is_refused(place: Path) -> None:
    """A folder that neither `run` nor `batch` wrote is refused, and so is a sample of a run."""
    wrong = "is the folder of neither a run nor a study; name one that run or batch wrote"
    assert refusal(place, "verify", "mine") == [f"mine {wrong}"]
    assert refusal(place, "verify", "nowhere") == [f"nowhere {wrong}"]
    [line, _] = refusal(place, "verify", "mine", "--sample", "3")
    assert line == "--sample is of a study's jobs, and mine is not a study's folder"
    (place / "out" / "manifest.json").unlink()
    [line] = refusal(place, "verify", "out")
    assert line == "out has no manifest.json; carry the study out again with batch"


@pytest.mark.parametrize(("out", "closed"), [("out", "out"), ("new/out", ".")])
def test_a_read_only_folder_is_refused(place: Path, out: str, closed: str) -> None:
    """A study that cannot be written is refused in a line, before a job is carried out."""
    status, said, err = by_anybody(place, closed, "batch", "sweep.toml", "--out", out)
    assert (status, said) == (2, "")
    assert message(err) == [f"cannot write into {out}: Permission denied; name another folder with --out"]


def test_a_read_only_folder_can_be_verified(place: Path) -> None:
    """To verify a study nothing is written into its folder."""
    assert by_anybody(place, "out", "verify", "out", "--sample", "1")[::2] == (0, "")


def by_anybody(place: Path, closed: str, *words: str) -> tuple[int, str, str]:
    """The exit status of the command called where a folder cannot be written, and what it said; nothing is changed."""
    before = contents(place)
    (place / closed).chmod(0o555)
    done = subprocess.run(
        [BACKTESTER, *words], cwd=place, capture_output=True, text=True, check=False, preexec_fn=as_anybody
    )
    (place / closed).chmod(0o755)
    assert contents(place) == before
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
@pytest.mark.parametrize("name", ["manifest.json", "results.parquet"])
def test_a_pipe_in_the_place_of_a_file_is_refused(place: Path, name: str) -> None:
    """Nobody waits for what might never come."""
    (place / "out" / name).unlink()
    os.mkfifo(place / "out" / name)
    [line] = refusal(place, "verify", "out")
    assert line.startswith(f"out/{name} is damaged: OSError: [Errno 22] Not a regular file; carry the study out again")
