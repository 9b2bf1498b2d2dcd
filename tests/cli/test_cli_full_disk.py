"""Commands that write where nothing can be written: a line, status 2, and the folder as it was."""

import subprocess
import sys
from pathlib import Path

import pytest

BACKTESTER = Path(sys.executable).parent / "backtester"
STUDY = 'name = "s"\nhistory = "small"\ndata = "{data}"\n[[grid]]\nrecipe = "sixty_forty"\n'


@pytest.mark.skipif(sys.platform == "win32", reason="no limits there")
@pytest.mark.parametrize(
    "line",
    [
        "data import prices.csv --as stocks --kind price --history mine --data new/data",
        "strategies new mine --folder new/folder",
        "strategies new mine --distribution new/folder",
        "stress new new/mine.toml",
        "stress basis --out new/folder",
        "batch study.toml --out new/study",
        "run sixty_forty --history small --data {data} --resamples 0 --out new/run",
        "stress run sixty_forty --scenario term_premium --history small --data {data} --out new/stress",
    ],
)
def test_nothing_is_left_where_no_file_may_grow(line: str, small: Path, tmp_path: Path) -> None:
    """Neither a file nor a folder that was made for it."""
    (tmp_path / "study.toml").write_text(STUDY.format(data=small))
    rows = "\n".join(f"2020-01-{day:02},{100 + day}" for day in range(1, 29))
    (tmp_path / "prices.csv").write_text(f"Date,Close\n{rows}\n")
    before = sorted(tmp_path.rglob("*"))
    words = f"ulimit -f 0; cd {tmp_path} && {BACKTESTER} {line.format(data=small)}"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    said = [one for one in done.stderr.splitlines() if not one.startswith(("Warning:", "Note:"))]
    assert len(said) == 1
    assert said[0].startswith("Error: cannot write")
    assert sorted(tmp_path.rglob("*")) == before
