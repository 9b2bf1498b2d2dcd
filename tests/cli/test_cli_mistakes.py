"""The user's mistakes: one or two clear lines on stderr, status 2, no traceback, and nothing written."""

import contextlib
import io
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from backtester.cli.main import main
from backtester.files import sha256

LONG = "x" * 260  # the name of a file has up to 255 characters
STUDY = 'name = "s"\nhistory = "small"\ndata = "{data}"\n[[grid]]\nrecipe = "{recipe}"\n'


def refused(folder: Path, *words: str) -> list[str]:
    """The lines of a refusal by the command, called in a folder of which it leaves every file as it was."""
    before = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.object(sys, "argv", ["backtester", *words]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as exit_,
    ):
        main()
    assert exit_.value.code == 2
    assert out.getvalue() == ""
    assert "\x1b" not in err.getvalue()
    assert 1 <= len(err.getvalue().splitlines()) <= 2
    assert [path for path in sorted(folder.rglob("*")) if path.is_file()] == before
    return err.getvalue().splitlines()


@pytest.mark.parametrize("line", ["rnu", "run sixtyforty --out out", "data show uss", "batch no.toml"])
def test_installed_command_refuses_alike(tmp_path: Path, line: str) -> None:
    """In a process of its own too: status 2, one or two lines on stderr, nothing on stdout, no traceback."""
    command = [str(Path(sys.executable).parent / "backtester"), *line.split()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == refused(tmp_path, *line.split())


@pytest.mark.parametrize(
    ("line", "first", "second"),
    [
        ("rnu", "unknown command 'rnu'; did you mean 'run'?", "see 'backtester --help'"),
        ("strategies lst", "No such command 'lst'. Did you mean 'list'?", "see 'backtester strategies --help'"),
        ("run --column a=b", "--column a=b: there is no --series a=FILE.csv", "see 'backtester run --help'"),
        (
            "run --series a=a.csv --form a=percents",
            "--form a=percents: did you mean 'percent'?",
            "see 'backtester run --help'",
        ),
        ("run --series a", "Invalid value for '--series': 'a' is not NAME=FILE.csv", "see 'backtester run --help'"),
        (
            "run --weights a=a.csv --weights a=b.csv",
            "Invalid value for '--weights': a name is given twice; give each once",
            "see 'backtester run --help'",
        ),
        ("run --fast", "No such option '--fast'.", "see 'backtester run --help'"),
        ("run sixtyforty", "unknown strategy 'sixtyforty'; did you mean 'sixty_forty'?", "in the recipe 'sixtyforty'"),
        (
            "run sixty_forty(stock=1)",
            "sixty_forty: unknown setting 'stock'; did you mean 'stocks'?",
            "in the recipe 'sixty_forty(stock=1)'",
        ),
        (
            "run sixty_forty(stocks=2)",
            "sixty_forty: setting stocks=2: Input should be less than or equal to 1",
            "in the recipe 'sixty_forty(stocks=2)'",
        ),
        (
            "run sixty_forty+",
            "recipe 'sixty_forty+' has an empty part; write it like 'sixty_forty + gold_overlay(",
            None,
        ),
        ("run gold_overlay", "recipe 'gold_overlay': gold_overlay is an overlay; put a strategy below it", None),
        ("run --history uss", "unknown history 'uss'; did you mean 'us'?", None),
        (
            "run --data nowhere",
            "cannot read nowhere/manifest.toml: No such file or directory; a data folder holds",
            None,
        ),
        ("run --plugins no.py", "no strategy file or folder at no.py; name a .py file or a folder of them", None),
        (
            "run --start 2020-02-30",
            "Invalid value for '--start': '2020-02-30' is no date; write it",
            "see 'backtester run",
        ),
        ("run sixty_forty --start 2050-01-01", "the period holds 0 sessions; history 'us' covers 2007-01-03 to ", None),
        ("run sixty_forty --end 1999-01-01", "nothing is left up to 1999-01-01; history 'us' covers 2007-01-03", None),
        (
            "run --cost-bps nan",
            "Invalid value for '--cost-bps': costs 'nan': Input should be a finite number; 0 to",
            "see 'backtester run",
        ),
        (
            "batch study.toml --timeout nan",
            "Invalid value for '--timeout': nan is not a number",
            "see 'backtester batch",
        ),
        (
            "run --band wide",
            "Invalid value for '--band': 'wide' is not a band; give a fraction such as",
            "see 'backtes",
        ),
        (
            "run --band -0.1",
            "Invalid value for '--band': '-0.1' is not a band; give a fraction such as",
            "see 'backtes",
        ),
        (
            "run --stocks-fall -5",
            "--stocks-fall -5 is no fall; a fall is a negative fraction: -0.05 for 5%",
            "see 'backtester run --help'",
        ),
        (
            "run --bonds-fall 0.005",
            "--bonds-fall 0.005 is no fall; a fall is a negative fraction: -0.005 for 0.5%",
            "see 'backtester run --help'",
        ),
        (
            "run --bonds-fall 0.02",
            "--bonds-fall 0.02 is no fall; a fall is a negative fraction: -0.02 for 2%",
            "see 'backtester run --help'",
        ),
        (
            "run --bonds-fall -0.5",
            "--bonds-fall -0.5 is a fall of 50%, deeper than any; -0.005 is one of 0.5%",
            "see 'backtester run --help'",
        ),
        (
            "run --stocks-fall -0.00005",
            "--stocks-fall -5e-05 is a fall of 0.005%, less than a basis point; -0.005 is one of 0.5%",
            "see 'backtester run --help'",
        ),
        (
            "run --band 5",
            "Invalid value for '--band': '5' is not a band; give a fraction such as 0.05, or",
            "see 'back",
        ),
        (
            "run --relative-band 25",
            "Invalid value for '--relative-band': 25.0 is not in the range 0<x<=2.",
            "see 'backtester run --help'",
        ),
        (
            "run --resamples 1",
            "--resamples 1 are too few for an interval; give 100 or more, or 0 for none",
            "see 'backtester run --help'",
        ),
        (
            "run --resamples 99",
            "--resamples 99 are too few for an interval; give 100 or more, or 0 for none",
            "see 'backtester run --help'",
        ),
        (
            "run --bonds-fall nan",
            "--bonds-fall nan is no fall; a fall is a negative fraction: -0.05 for 5%",
            "see 'backtester run --help'",
        ),
        ("run --bonds-role stocks", "both legs are 'stocks'; a pair has two", "see 'backtester run --help'"),
        (
            "run --bonds-role long_bond",
            "history 'us' has no funded asset 'long_bond' for the pair; did you mean 'long_bonds'?",
            None,
        ),
        (
            "run --bonds-role bills",
            "history 'us' has no funded asset 'bills' for the pair; known: bonds, dollar, gold, long_bonds, stocks",
            None,
        ),
        (
            "run --stocks-weight 60",
            "Invalid value for '--stocks-weight': 60.0 is not in the range 0<=x<=1.",
            "see 'backtester run --help'",
        ),
        (
            "run --band nan",
            "Invalid value for '--band': 'nan' is not a band; give a fraction such as 0.05",
            "see 'backt",
        ),
        ("run --lag -1", "Invalid value for '--lag': -1 is not in the range 0<=x<=252.", "see 'backtester run --help'"),
        (
            "run --rebalance fortnight",
            "unknown schedule 'fortnight'; known: day, month, never, quarter, week",
            "in the",
        ),
        (
            "run sixty_forty --out file/run",
            "cannot write into file/run: Not a directory; name another folder with",
            None,
        ),
        ("run sixtyforty --out file/run", "cannot write into file/run: Not a directory; name another folder", None),
        ("run sixty_forty --out /proc/run", "cannot write into /proc/run: ", None),
        ("batch", "Missing argument 'STUDY.toml'.", "see 'backtester batch --help'"),
        ("batch no.toml", "cannot read the study no.toml: No such file or directory; a study is a TOML file", None),
        ("batch . ", "cannot read the study .: Is a directory; a study is a TOML file", None),
        ("batch file", "file: [name] Field required", None),
        ("strategies show sixtyforty", "unknown strategy 'sixtyforty'; did you mean 'sixty_forty'?", None),
        ("strategies check sixtyforty", "unknown strategy 'sixtyforty'; did you mean 'sixty_forty'?", None),
        ("strategies check no.py", "no strategy file or folder at no.py; name a .py file or a folder of them", None),
        ("data show uss", "unknown history 'uss'; did you mean 'us'?", None),
        (f"run --out {LONG}", f"cannot use {LONG}: File name too long; name another file or folder", None),
        (f"run --plugins {LONG}", f"cannot use {LONG}: File name too long; name another file or folder", None),
        (f"data check {LONG}", f"cannot use {LONG}: File name too long; name another file or folder", None),
        (
            "run --seed 4294967296",
            "Invalid value for '--seed': 4294967296 is not in the range 0<=x<=4294967295.",
            "see",
        ),
        (
            "run --cost-bps gold=5 --cost-bps gold=6/7",
            "Invalid value for '--cost-bps': costs 'gold=6/7' come after others of the same; state each once",
            "see 'backtester run --help'",
        ),
    ],
)
def test_mistake_is_told(tmp_path: Path, line: str, first: str, second: str | None) -> None:
    """The first line says what is wrong and what would have been right, the second where."""
    (tmp_path / "file").write_text("")
    lines = refused(tmp_path, *line.split())
    assert lines[0].startswith(f"Error: {first}")
    assert len(lines) == (1 if second is None else 2)
    if second is not None:
        assert lines[1].startswith(f"  {second}")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("def weights(:\n", "line 1: SyntaxError: invalid syntax"),
        ("import nonexistent_module\n", "line 1: ModuleNotFoundError: No module named 'nonexistent_module'"),
        ("weights = 1\n", "no function 'weights'; a strategy is a file with one function of that name"),
        ("def weights(*, size: float):\n    return 1\n", "setting 'size' has no default; give it one"),
    ],
)
def test_plugin_that_does_not_load_is_told(tmp_path: Path, body: str, message: str) -> None:
    """A file that is no strategy is named, with its line."""
    (tmp_path / "mine.py").write_text(body)
    lines = refused(tmp_path, "run", "mine", "--plugins", "mine.py", "--out", "out")
    assert lines[0].startswith(f"Error: strategy 'mine' (mine.py): {message}")
    assert lines[1] == "  in the recipe 'mine'"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("    raise ValueError('first\\nsecond')\n", "(mine.py, line 2): ValueError: first"),
        ("    return {'stocks': stocks / 0}\n", "(mine.py): weight of stocks on 2019-06-03 is inf; a row is finite"),
        ("    return {'sugar': 1}\n", "(mine.py): weights name 'sugar', which cannot be held; known: bonds, gold, sto"),
        ("    return {'bills': 1}\n", "(mine.py): weights name 'bills'; cash is what the weights leave"),
    ],
)
def test_plugin_that_fails_is_told(tmp_path: Path, small: Path, body: str, message: str) -> None:
    """What goes wrong in `weights` is told with the file, and the line where there is one."""
    (tmp_path / "mine.py").write_text(f"def weights(stocks):\n{body}")
    words = ["--history", "small", "--data", str(small), "--plugins", "mine.py", "--out", "out"]
    lines = refused(tmp_path, "run", "mine", *words)
    assert lines[0].startswith(f"Error: strategy 'mine' {message}")
    assert lines[1] == "  in the recipe 'mine'"


@pytest.mark.parametrize(
    ("read", "held", "said"),
    [
        ("stonks", "stocks", "reads 'stonks', which history 'us' does not have; did you mean 'stocks'?"),
        ("vixx", "stocks", "reads 'vixx', which history 'us' does not have; did you mean 'vix'?"),
        ("stocks", "short_bond", ": weights name 'short_bond', which cannot be held; did you mean 'short_bonds'?"),
    ],
)
def test_unknown_role_is_told(tmp_path: Path, read: str, held: str, said: str) -> None:
    """A plugin that reads or holds what no history has is told the nearest role, whatever else the run reads."""
    (tmp_path / "mine.py").write_text(f"def weights({read}):\n    return {{'{held}': 1}}\n")
    lines = refused(tmp_path, "run", "mine", "--plugins", "mine.py", "--out", "out")
    assert lines[0] == f"Error: strategy 'mine' (mine.py){'' if said[0] == ':' else ' '}{said}"


@pytest.mark.parametrize("vouched", [True, False])
def test_damaged_parquet_is_told(tmp_path: Path, small: Path, vouched: bool) -> None:
    """A file with other bytes than the manifest's is refused; so is one that is no parquet, whatever it hashes to."""
    data = tmp_path / "data"
    data.mkdir()
    for file in ("manifest.toml", "small.parquet"):
        (data / file).write_bytes((small / file).read_bytes())
    damaged = (data / "small.parquet").read_bytes()[:-100]
    hashes = [sha256(content) for content in ((data / "small.parquet").read_bytes(), damaged)]
    (data / "small.parquet").write_bytes(damaged)
    if vouched:
        (data / "manifest.toml").write_text((data / "manifest.toml").read_text().replace(*hashes))
    what = "is not a readable parquet file" if vouched else "is not the file that the manifest vouches for"
    for words in (["run", "--out", "out"], ["data", "show", "small"]):
        history = ["--history", "small"] if words[0] == "run" else []
        lines = refused(tmp_path, *words, *history, "--data", "data")
        assert lines == [f"Error: history 'small': data/small.parquet {what}; restore the file or build 'small' again"]


def test_missing_parquet_is_told(tmp_path: Path, small: Path) -> None:
    """A manifest whose file is not there names the file."""
    (tmp_path / "manifest.toml").write_bytes((small / "manifest.toml").read_bytes())
    [line] = refused(tmp_path, "run", "--history", "small", "--data", str(tmp_path), "--out", "out")
    assert line.startswith(
        f"Error: history 'small': cannot read {tmp_path / 'small.parquet'}: No such file or directory"
    )


def test_study_that_cannot_run_is_told(tmp_path: Path, small: Path) -> None:
    """A recipe of a study that is not understood stops it before anything is written."""
    (tmp_path / "s.toml").write_text(STUDY.format(data=small, recipe="sixty_forty + goldoverlay"))
    lines = refused(tmp_path, "batch", "s.toml", "--out", "out")
    assert lines[0] == "Error: unknown strategy 'goldoverlay'; did you mean 'gold_overlay'?"
    own = "in s.toml, whose `plugins` can name strategy files of your own"
    assert lines[1] == f"  in the recipe 'sixty_forty + goldoverlay'; {own}"


def test_study_that_cannot_be_written_is_told(tmp_path: Path, small: Path) -> None:
    """A folder below a file is refused before any job is run."""
    (tmp_path / "file").write_text("")
    (tmp_path / "s.toml").write_text(STUDY.format(data=small, recipe="sixty_forty"))
    [line] = refused(tmp_path, "batch", "s.toml", "--out", "file/out")
    assert line == "Error: cannot write into file/out: Not a directory; name another folder with --out"
