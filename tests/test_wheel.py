"""The wheel carries strategies and data inside the package, and runs the main job away from the checkout."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout with the backend that is installed."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(out.glob("*.whl"))


def test_no_generic_name_lands_in_site_packages(wheel: Path) -> None:
    """Everything lies inside `backtester`: no top-level `strategies`, `data` or `tests`."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"backtester", "crisis_backtester-0.1.0.dist-info"}
    assert {"backtester/strategies/sixty_forty.py", "backtester/strategies/README.json"} <= set(names)
    data = ("histories/us_1962.parquet", "releases.toml", "holidays_XNYS.txt", "scenarios/capital_war.toml")
    assert {f"backtester/data/{name}" for name in data} <= set(names)
    assert "backtester/data/histories/us.parquet" in names
    for package in ("pages", "tearsheet"):
        beside = [path for kind in ("templates", "static") for path in (ROOT / "backtester" / package / kind).iterdir()]
        assert {path.relative_to(ROOT).as_posix() for path in beside} <= set(names)
    carried = "backtester/data/blueprints/FOMC.csv"  # which nobody serves
    assert [name for name in names if "data/facts" in name or name.endswith(".csv")] == [carried]


def test_the_installed_wheel_runs_the_main_job(wheel: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, the package finds its own strategies and data and writes a tearsheet."""
    site, work = tmp_path / "site", tmp_path / "work"
    zipfile.ZipFile(wheel).extractall(site)
    for kept in ROOT.glob("backtester/**/__pycache__/*.nb*"):  # compiled code, which numba knows by the source's time
        source = kept.parents[1] / f"{kept.name.partition('.')[0]}.py"
        moved = site / kept.relative_to(ROOT)
        moved.parent.mkdir(exist_ok=True)
        shutil.copy2(kept, moved)
        shutil.copystat(source, site / source.relative_to(ROOT))
    work.mkdir()
    code = "import backtester, runpy; print(backtester.__file__); runpy.run_module('backtester', run_name='__main__')"
    words = [sys.executable, "-c", code, "run", "sixty_forty + gold_overlay", "--out", "run", "--json"]
    done = subprocess.run(
        words, cwd=work, env=os.environ | {"PYTHONPATH": str(site)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    first, _, told = done.stdout.partition("\n")
    assert Path(first).is_relative_to(site)
    assert len(json.loads(told)["joint_sell_offs"]) == 21
    assert (work / "run" / "tearsheet.html").stat().st_size > 1_000_000
