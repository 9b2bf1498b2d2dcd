"""The example distribution, built, installed into a fresh environment, and run there by the name of its strategy."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from folders import CHECKOUT

SOURCE = CHECKOUT / "examples" / "hedges_distribution"
STUDY = 'name = "s"\nhistory = "small"\ndata = {data!r}\n[[grid]]\nrecipe = "sixty_forty + cautious"\n'


def done(*words: str | Path, folder: Path) -> str:
    """What a command that ends well says on stdout."""
    answer = subprocess.run([*map(str, words)], cwd=folder, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment, which sees the packages of this one, with the wheel installed by pip."""
    place = tmp_path_factory.mktemp("fresh")
    shutil.copytree(SOURCE, place / "source")
    done(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", place, place / "source", folder=place)
    venv.create(place / "env", with_pip=False)
    own = place / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    site = Path(done(own, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=place).strip())
    (site / "these.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    (wheel,) = place.glob("*.whl")
    install = ("install", "--no-index", "--no-deps", "--disable-pip-version-check", wheel)
    done(sys.executable, "-m", "pip", "--python", own, *install, folder=place)
    return own


def test_it_is_listed_and_runs_by_name(python: Path, small: Path, tmp_path: Path) -> None:
    """Its strategy, whose module imports a sibling relatively, does what a built-in one does."""
    words = ("run", "sixty_forty + cautious", "--history", "small", "--data", small, "--out", "run", "--json")
    reference, own = json.loads(done(python, "-m", "backtester", *words, folder=tmp_path))["strategies"]
    assert own["causal"]
    assert own["measures"]["max_drawdown"] > reference["measures"]["max_drawdown"]
    plugin = json.loads((tmp_path / "run" / "manifest.json").read_text())["plugins"]["cautious"]
    assert (plugin["file"], plugin["distribution"]) == ("cautious.py", "example-hedges")


def test_it_runs_in_workers(python: Path, small: Path, tmp_path: Path) -> None:
    """Processes that a study starts find it by its distribution."""
    (tmp_path / "s.toml").write_text(STUDY.format(data=str(small)))
    done(python, "-m", "backtester", "batch", "s.toml", "--out", "out", "--workers", "1", folder=tmp_path)
    assert pq.read_table(tmp_path / "out" / "results.parquet")["error"].to_pylist() == [None]
