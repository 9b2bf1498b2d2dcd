"""Command lines of `data` that cannot be carried out, each with its message; some in processes of their own."""

import resource
import subprocess
from pathlib import Path

import pytest

from mistakes import BACKTESTER, as_anybody, contents, message, refusal

BLUEPRINT = """
title = "Mine"

[series.stocks]
kind = "price"
unit = "dollars"
source = "made for a test"
licence = "none"
from = [{ provider = "csv", file = "gold.csv" }]
"""
FIGURES = "a file's figures are one of level, price, rate, schedule, total_return, yield"
GOLD = "data import gold.csv --as gold --kind price --data data"
NAME = "is no name for a history or role; use small letters, digits and _, a letter first"
EDITS = {  # blueprints of the folder: what stands in place of what
    "sound.toml": ("", ""),
    "no-title.toml": ('title = "Mine"', ""),
    "kind.toml": ('"price"', '"prices"'),
    "key.toml": ('licence = "none"', 'lisence = "none"'),
    "climbs.toml": ("gold.csv", "../gold.csv"),
    "pattern.toml": ("gold.csv", "*.csv"),
    "missing.toml": ("gold.csv", "silver.csv"),
    "word.toml": ("gold.csv", "word.csv"),
    "negative.toml": ("gold.csv", "negative.csv"),
    "twice.toml": ("gold.csv", "twice.csv"),
    "column.toml": ('"gold.csv"', '"gold.csv", columns = ["opne"]'),
    "provider.toml": ('"csv"', '"bloomberg"'),
    "until.toml": ('title = "Mine"', 'title = "Mine"\nuntil = 1999-12-31'),
    "without.toml": ('"gold.csv"', '"gold.csv", without = [[2020-01-01, 2030-01-01]]'),
    "backwards.toml": ('"gold.csv"', '"gold.csv", without = [[2030-01-01, 2020-01-01]]'),
    "loses_all.toml": ('"gold.csv"', '"returns.csv", form = "returns_percent"'),
    "gold.toml": ("[series.stocks]", "[series.gold]"),
    "date.toml": ("[series.stocks]", "[series.date]"),
    "release.toml": ("[series.stocks]", '[series.stocks.release]\ntime = "16:30"\n[series.stocks]'),
    "toml.toml": ("[series.stocks]", "[series.stocks"),
    "known.toml": ("[series.stocks]", '[series.cpi]\nkind = "level"\nknown = "x"\n[series.stocks]'),
    "My-history.toml": ("", ""),
}
FILES = {
    "gold.csv": "date,close\n2024-01-02,10\n2024-01-03,11\n2024-01-04,12\n",
    "word.csv": "date,close\n2024-01-02,10\n2024-01-03,ten\n",
    "negative.csv": "date,close\n2024-01-02,10\n2024-01-03,-11\n",
    "one/twice.csv": "date,close\n2024-01-02,10\n2024-01-03,11\n",
    "two/twice.csv": "date,close\n2024-01-02,10\n2024-01-03,12\n",
    "returns.csv": "date,close\n2024-01-02,10\n2024-01-03,-100\n",
    "a-file": "",
}
COMMANDS: dict[str, str] = {
    # data import
    "data import": "Missing argument 'FILE'.",
    "data import gold.csv": "Missing option '--as'.",
    "data import gold.csv --as gold --kind price": "Missing option '--data'.",
    f"{GOLD} --kind share": f"unknown kind 'share'; {FIGURES}",
    f"{GOLD} --kind bond": f"unknown kind 'bond'; {FIGURES}",
    f"{GOLD} --as Gold": "'Gold' is no name for a history or role; use small letters, digits and _, a letter first",
    f"{GOLD} --as date": (
        "'date' is taken; a history or role is not one of returns, base, portfolio, calendar, sessions_a_year, "
        "state, date, pair, cash"
    ),
    f"{GOLD} --as returns": (
        "'returns' is taken; a history or role is not one of returns, base, portfolio, calendar, sessions_a_year, "
        "state, date, pair, cash"
    ),
    f"{GOLD} --as ../gold": (
        "'../gold' is no name for a history or role; use small letters, digits and _, a letter first"
    ),
    f"{GOLD} --as bills": (
        "data/manifest.toml: [mine.series.bills] is of kind 'price'; the role 'bills' takes the "
        "kind 'bills' or 'total_return', and no other role the kind 'bills'"
    ),
    f"{GOLD} --history ../other": (
        "'../other' is no name for a history or role; use small letters, digits and _, a letter first"
    ),
    f"{GOLD} --history My": "'My' is no name for a history or role; use small letters, digits and _, a letter first",
    f"{GOLD} --lag-sessions 1": "gold: a series of kind 'price' has no use for the key 'lag_sessions'; leave it out",
    f"{GOLD} --lag-sessions 253": "Invalid value for '--lag-sessions': 253 is not in the range 0<=x<=252.",
    f"{GOLD} --lag-sessions one": "Invalid value for '--lag-sessions': 'one' is not a valid integer range.",
    f"{GOLD} --column opne": "gold.csv has no column 'opne'; known: close",
    f"{GOLD} --colum close": "No such option '--colum'. Did you mean '--column'?",
    f"{GOLD} --data a-file": "cannot write into a-file: File exists; name another folder with --data",
    f"{GOLD} --data a-file/data": "cannot write into a-file/data: Not a directory; name another folder with --data",
    f"{GOLD} --data /proc/data": (
        "cannot write into /proc/data: No such file or directory; name another folder with --data"
    ),
    "data import no.csv --as gold --kind price --data data": "cannot read no.csv: No such file or directory",
    "data import one --as gold --kind price --data data": "cannot read one: Is a directory",
    "data import gold.csv silver.csv --as gold --kind price --data data": "Got unexpected extra argument (silver.csv)",
    # data build
    "data build": "Missing argument 'HISTORY'.",
    "data build us_long --data data": "Missing option '--from'.",
    "data build us_long --from .": "Missing option '--data'.",
    "data build us_lon --from . --data data": "no blueprint 'us_lon'; did you mean 'us_long'? (or name a .toml file)",
    "data build us_long --from nowhere --data data": (
        "no folder nowhere; --from takes the folders with the providers' files"
    ),
    "data build us_long --from a-file --data data": (
        "no folder a-file; --from takes the folders with the providers' files"
    ),
    "data build us_long --from . --data data": (
        "no file F-F_Research_Data_Factors_daily.csv below .; add its folder with another --from, or drop its series"
    ),
    "data build no.toml --from . --data data": "cannot read the blueprint no.toml: No such file or directory",
    "data build one --from . --data data": "no blueprint 'one'; known: us, us_long (or name a .toml file)",
    "data build sound.toml --from . --data a-file": (
        "cannot write into a-file: File exists; name another folder with --data"
    ),
    "data build sound.toml --from . --data /proc/data": (
        "cannot write into /proc/data: No such file or directory; name another folder with --data"
    ),
    "data build no-title.toml --from . --data data": "no-title.toml: [title] Field required",
    "data build kind.toml --from . --data data": (
        "kind.toml: [series.stocks] unknown kind 'prices'; did you mean 'price'?"
    ),
    "data build key.toml --from . --data data": (
        "data/manifest.toml: [key.series.stocks.lisence] unknown key; did you mean 'licence'?"
    ),
    "data build climbs.toml --from . --data data": (
        "climbs.toml: [series.stocks.from.0.file] '../gold.csv' is no file's name; write it "
        "without a folder, and without * or ?"
    ),
    "data build pattern.toml --from . --data data": (
        "pattern.toml: [series.stocks.from.0.file] '*.csv' is no file's name; write it without a "
        "folder, and without * or ?"
    ),
    "data build missing.toml --from . --data data": (
        "no file silver.csv below .; add its folder with another --from, or drop its series"
    ),
    "data build word.toml --from . --data data": "word.csv, column 'close', line 3: 'ten' is not a finite number",
    "data build negative.toml --from . --data data": (
        "history 'negative', series 'stocks': -11.0 on 2024-01-03 is not above zero; mend the source and build it again"
    ),
    "data build twice.toml --from . --data data": (
        "two different files twice.csv below .: one/twice.csv and two/twice.csv; remove one"
    ),
    "data build column.toml --from . --data data": "gold.csv has no column 'opne'; known: close",
    "data build provider.toml --from . --data data": (
        "provider.toml: [series.stocks.from.0.provider] Input should be 'fred', 'french', 'cboe', "
        "'yahoo', 'lbma' or 'csv'"
    ),
    "data build until.toml --from . --data data": (
        "the series 'stocks' has no value up to 1999-12-31; choose a later 'until'"
    ),
    "data build without.toml --from . --data data": (
        "gold.csv has no value to take; see its columns, 'without', 'since' and 'until'"
    ),
    "data build backwards.toml --from . --data data": (
        "backwards.toml: [series.stocks.from.0.without.0] the stretch ends on 2020-01-01, before "
        "it begins on 2030-01-01; swap the two"
    ),
    "data build loses_all.toml --from . --data data": "returns.csv: a return of -100% on 2024-01-03 leaves nothing",
    "data build gold.toml --from . --data data": "history 'gold' has no series 'stocks'; its dates are the sessions",
    "data build date.toml --from . --data data": (
        "'date' is taken; a history or role is not one of returns, base, portfolio, calendar, sessions_a_year, "
        "state, date, pair, cash"
    ),
    "data build release.toml --from . --data data": (
        "release.toml: [series.stocks.release.0] a release needs one of 'working_days' and 'day_of_next_month'"
    ),
    "data build toml.toml --from . --data data": (
        "toml.toml is not TOML: Expected ']' at the end of a table declaration (at line 4, column 15)"
    ),
    "data build known.toml --from . --data data": "data/manifest.toml: [known.series.cpi.unit] Field required",
    "data build My-history.toml --from . --data data": (
        "'My-history' is no name for a history or role; use small letters, digits and _, a letter first"
    ),
    # the rest
    "data bild": "No such command 'bild'. Did you mean 'build'?",
    "data list --data nowhere": (
        "cannot read nowhere/manifest.toml: No such file or directory; a data folder holds a manifest.toml"
    ),
    "data list us": "Got unexpected extra argument (us)",
    "data show": "Missing argument 'HISTORY'.",
    "data show us us": "Got unexpected extra argument (us)",
    "data show us --data a-file": (
        "cannot read a-file/manifest.toml: Not a directory; a data folder holds a manifest.toml"
    ),
    "data check nowhere.csv": "no file or folder nowhere.csv; give a csv file, a folder of them, or a history",
    "data check us --column close": (
        "--column given for a history; its manifest says what each series is, so leave it out"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with some files and blueprints in it."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    for name, (old, new) in EDITS.items():
        (tmp_path / name).write_text(BLUEPRINT.replace(old, new, 1) if old else BLUEPRINT)
    return tmp_path


@pytest.mark.parametrize("line", COMMANDS)
def test_bad_command_line(folder: Path, line: str) -> None:
    """What cannot be carried out is told in a line, with a second for where; no file is written or changed."""
    told = refusal(folder, *line.split())
    assert told[0] == COMMANDS[line]
    hint = f"  see 'backtester {' '.join(line.removesuffix(' bild').split()[:2])} --help'"
    assert told[1:] in ([], [hint], ["  in the series 'stocks'"]) or told[1].startswith("  as the blueprint of ")


@pytest.mark.parametrize(
    "line", ["data import word.csv --as gold --kind price --data data", "data build word.toml --from . --data data"]
)
def test_in_a_process_of_its_own(folder: Path, line: str) -> None:
    """The installed command refuses alike: status 2, nothing on stdout, no traceback, nothing written."""
    before = contents(folder)
    done = subprocess.run([BACKTESTER, *line.split()], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert message(done.stderr)[0] == "word.csv, column 'close', line 3: 'ten' is not a finite number"
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("line", "name"), [("data import gold.csv --as gold --kind price --data data", "mine"), ("", "sound")]
)
@pytest.mark.parametrize("limit", [600, 8000])
def test_full_disk(folder: Path, line: str, name: str, limit: int) -> None:
    """Where the disk takes no more, be it for the figures or for the manifest, what stood there is as it was.

    A limit on the size of a file stands in for the disk: the system refuses to write in the same way.
    """
    long = "".join(f"{2000 + n // 300}-{n // 25 % 12 + 1:02}-{n % 25 + 1:02},{n + 1}\n" for n in range(300))
    (folder / "gold.csv").write_text(f"date,close\n{long}")
    (folder / "data" / "histories").mkdir(parents=True)
    (folder / "data" / "histories" / f"{name}.parquet").write_text("what stood there")
    (folder / "data" / "manifest.toml").write_text("# " + "words " * 2000)
    before = contents(folder)
    words = line.split() or ["data", "build", "sound.toml", "--from", ".", "--data", "data"]
    done = subprocess.run(
        [BACKTESTER, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    file = f"data/histories/{name}.parquet" if limit == 600 else "data/manifest.toml"
    assert message(done.stderr)[0].startswith(f"cannot write {file}: ")
    assert message(done.stderr)[0].endswith("File too large; what stood there is unchanged")
    assert contents(folder) == before


LINES = ["import gold.csv --as gold --kind price", "build sound.toml --from .", "fetch us_long"]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("name", ["data", "data/new"])
def test_read_only_folder(folder: Path, line: str, name: str) -> None:
    """Where a folder takes no files, that is told before anything is fetched or made, with the option to change."""
    (folder / "gold.csv").write_text("date,close\n2024-01-02,1\n2024-01-03,2\n")
    (folder / "data").mkdir()
    (folder / "data").chmod(0o555)
    before = contents(folder)
    words = [BACKTESTER, "data", *line.split(), "--data", name]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, preexec_fn=as_anybody)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    told = f"cannot write into {name}: Permission denied; name another folder with --data"
    assert message(done.stderr)[0] == told
    assert contents(folder) == before
