"""Every bad file gets its message: imported as a csv, or read as the parquet that a manifest vouches for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from backtester.files import sha256
from backtester.histories.providers.rows import MAX_CSV_BYTES
from bad_csv import BAD_CSV, GOOD
from bad_parquet import BAD_PARQUET, SERIES, table
from folders import FILE, made_manifest
from mistakes import called, refusal

IMPORT = ("data", "import", "bad.csv", "--as", "gold", "--kind", "price", "--data", "data")
SHOW = ("data", "show", "made", "--data", "data")
OTHER = "; restore the file or build 'made' again"


@pytest.mark.parametrize("case", BAD_CSV)
def test_bad_csv(tmp_path: Path, case: str) -> None:
    """A file that is no table of dates and finite figures is refused with its line, and nothing is written."""
    content, says = BAD_CSV[case]
    (tmp_path / "bad.csv").write_bytes(content)
    assert refusal(tmp_path, *IMPORT) == [says]


@pytest.mark.parametrize("case", BAD_CSV)
def test_bad_csv_leaves_a_history_as_it_was(tmp_path: Path, case: str) -> None:
    """Imported over a good series, a bad file changes neither the figures nor the manifest."""
    (tmp_path / "data").mkdir()
    made_parquet_history(tmp_path / "data")
    (tmp_path / "bad.csv").write_bytes(BAD_CSV[case][0])
    assert len(refusal(tmp_path, *IMPORT, "--history", "made")) == 1


def made_parquet_history(data: Path) -> None:
    """A history of the kind that import makes, with gold in it."""
    (data / "histories").mkdir()
    (data / "histories" / "made.parquet").write_bytes(table())
    series = {"stocks": SERIES["stocks"] | {"file": "histories/made.parquet"}}
    files = {"histories/made.parquet": f"sha256 {sha256(table())}"}
    made_manifest(data, histories={"made": {"title": "Made", "series": series, "files": files}})


@pytest.mark.parametrize("case", BAD_PARQUET)
def test_bad_parquet(tmp_path: Path, case: str) -> None:
    """A file that the manifest vouches for is refused all the same when its figures cannot be what they should be."""
    make, says = BAD_PARQUET[case]
    content = make()
    files = {FILE: f"sha256 {sha256(content)}"}
    made_manifest(tmp_path / "data", histories={"made": {"title": "Made", "series": SERIES, "files": files}})
    (tmp_path / "data" / FILE).write_bytes(content)
    assert refusal(tmp_path, *SHOW) == [f"history 'made'{says}"]


def not_there(path: Path) -> None:
    """No file."""


def folder(path: Path) -> None:
    """A folder of that name."""
    path.mkdir()


def pipe(path: Path) -> None:
    """A named pipe, from which nobody ever writes."""
    os.mkfifo(path)


def link_to_a_device(path: Path) -> None:
    """A link to a device that never ends."""
    path.symlink_to("/dev/zero")


def link_to_itself(path: Path) -> None:
    """A link that leads to itself."""
    path.symlink_to(path.name)


def enormous(path: Path) -> None:
    """A file with a hole of hundreds of megabytes."""
    path.touch()
    os.truncate(path, MAX_CSV_BYTES + 1)


def outside(path: Path) -> None:
    """A link to a good file outside the folder."""
    place = path.parent.parent / "outside"
    place.write_bytes(table())
    path.symlink_to(place)


STRANGE: dict[str, tuple[Callable[[Path], None], str, str, str]] = {  # for the csv, the parquet and the manifest
    "not there": (not_there, "No such file or directory", "No such file or directory", "No such file or directory"),
    "folder": (folder, "Is a directory", "Is a directory", "Is a directory"),
    "pipe": (pipe, "Not a regular file", "Not a regular file", "Not a regular file"),
    "device": (link_to_a_device, "Not a regular file", "outside", "Not a regular file"),
    "link to itself": (link_to_itself, *["Too many levels of symbolic links"] * 3),
    "enormous": (enormous, "More than 200 MB", "not the file", "More than 50 MB"),
}


@pytest.mark.parametrize("case", STRANGE)
def test_what_is_no_file_is_not_read_as_csv(tmp_path: Path, case: str) -> None:
    """What never ends, or leads nowhere, is told at once."""
    make, says, _, _ = STRANGE[case]
    make(tmp_path / "bad.csv")
    assert refusal(tmp_path, *IMPORT) == [f"cannot read bad.csv: {says}"]


@pytest.mark.parametrize("case", STRANGE)
def test_what_is_no_file_is_not_read_as_manifest(tmp_path: Path, case: str) -> None:
    """A manifest is a file, and not a large one."""
    make, _, _, says = STRANGE[case]
    (tmp_path / "data").mkdir()
    make(tmp_path / "data" / "manifest.toml")
    [line] = refusal(tmp_path, *SHOW)
    assert line.startswith(f"cannot read data/manifest.toml: {says}")
    assert line.endswith("; a data folder holds a manifest.toml")


@pytest.mark.parametrize("case", [*STRANGE, "link that leaves the folder"])
def test_what_is_no_file_is_not_read_as_parquet(tmp_path: Path, case: str) -> None:
    """A history's file is a file inside its folder."""
    make, _, says, _ = STRANGE.get(case, (outside, "", "outside", ""))
    files = {FILE: f"sha256 {sha256(table())}"}
    made_manifest(tmp_path / "data", histories={"made": {"title": "Made", "series": SERIES, "files": files}})
    make(tmp_path / "data" / FILE)
    [line] = refusal(tmp_path, *SHOW)
    lines = {
        "outside": f"data/manifest.toml: [made.series.stocks] names {FILE!r}, outside the data folder; paths stay "
        "inside it",
        "not the file": f"history 'made': data/{FILE} is not the file that the manifest vouches for{OTHER}",
    }
    assert line == lines.get(says, f"history 'made': cannot read data/{FILE}: {says}{OTHER}")


NEXT = (
    "Next: stocks, whose dates are the sessions: backtester data import FILE --as stocks --kind total_return "
    "--history mine --data data\n"
)
DRESS = {
    "plain": GOOD.encode(),
    "byte order mark": GOOD.encode("utf-8-sig"),
    "utf-16": GOOD.encode("utf-16"),
    "line ends of a Mac": GOOD.replace("\n", "\r").encode(),
    "quoted": b'"date","close"\n"2024-01-02","10"\n"2024-01-03","11"\n',
    "no last line end": GOOD.encode().rstrip(),
    "semicolons": GOOD.replace(",", ";").encode(),
    "tabs": GOOD.replace(",", "\t").encode(),
    "slashes": GOOD.replace("-", "/").encode(),
    "points": GOOD.replace("-", ".").encode(),
    "months by name": GOOD.replace("2024-01-02", "02-Jan-2024").replace("2024-01-03", "03-Jan-2024").encode(),
    "midnight": GOOD.replace(",1", " 00:00:00,1").encode(),
    "midnight, as JavaScript has it": GOOD.replace(",1", "T00:00:00.000Z,1").encode(),
    "midnight in New York": GOOD.replace(",1", " 00:00:00-05:00,1").encode(),
    "newest first": b"date,close\n2024-01-03,11\n2024-01-02,10\n",
    "row numbers": b",date,close\n0,2024-01-02,10\n1,2024-01-03,11\n",
    "yfinance": b"Price,Close\nTicker,GLD\nDate,\n2024-01-02,10\n2024-01-03,11\n",
}


@pytest.mark.parametrize("case", DRESS)
def test_good_csv_in_other_dress(tmp_path: Path, case: str) -> None:
    """What is only written another way is read: the corpus refuses nothing that is right."""
    (tmp_path / "bad.csv").write_bytes(DRESS[case])
    told = "mine: gold with 2 values, 2024-01-02 to 2024-01-03, in data\n"
    assert called(tmp_path, *IMPORT) == (0, told + NEXT, "")


def test_what_a_csv_leaves_open_is_said(tmp_path: Path) -> None:
    """The form of the dates, the decimal mark and the separator, each named by the refusal before it."""
    (tmp_path / "bad.csv").write_text("date;close\n01/02/2024;1,500\n01/03/2024;1,250\n")
    assert "--date-format %d/%m/%Y or %m/%d/%Y" in refusal(tmp_path, *IMPORT)[0]
    assert "--decimal . or --decimal ," in refusal(tmp_path, *IMPORT, "--date-format", "%d/%m/%Y")[0]
    told = "mine: gold with 2 values, 2024-02-01 to 2024-03-01, in data\n"
    words = ("--date-format", "%d/%m/%Y", "--decimal", ",", "--sep", ";")
    assert called(tmp_path, *IMPORT, *words) == (0, told + NEXT, "")


def test_how_a_csv_was_read_is_noted(tmp_path: Path) -> None:
    """Where one row shows which field is the day, that is said with the row."""
    (tmp_path / "bad.csv").write_text("date,close\n01/02/2024,10\n13/02/2024,11\n")
    told = "mine: gold with 2 values, 2024-02-01 to 2024-02-13, in data\n"
    note = "Note: bad.csv: dates are read as day/month/year, as line 3 shows: 13/02/2024\n"
    assert called(tmp_path, *IMPORT) == (0, told + NEXT, note)
