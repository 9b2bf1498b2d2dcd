"""What lies in `examples/`: each runs, and shows what it says it shows; studies are run in `tests/batch`."""

import json
import runpy
import shlex
from pathlib import Path

import nbformat
import pytest

from mistakes import called
from notebooks import NOTEBOOKS, Cells, executed

EXAMPLES = Path(__file__).parent.parent / "examples"


def plain(cells: Cells) -> list[list[str]]:
    """The text that each cell shows."""
    return [["".join(output["data"]["text/plain"]) for output in cell.get("outputs", ())] for cell in cells]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_show_what_they_have_stored(notebook: Path) -> None:
    """Every cell runs without a warning, and its text is what the file holds; `tests/notebooks.py` writes it anew."""
    stored = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    assert plain(executed(notebook)) == plain(stored)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_are_well_formed(notebook: Path) -> None:
    """Jupyter's own schema takes the file, and it is small enough to be looked at."""
    nbformat.validate(nbformat.read(notebook, as_version=4))
    assert notebook.stat().st_size < 60_000


def test_own_history_runs_as_its_page_says(tmp_path: Path) -> None:
    """The commands of the example of a history of one's own are carried out, and its figures are monthly."""
    (tmp_path / "examples").symlink_to(EXAMPLES)
    page = (EXAMPLES / "own_history" / "README.md").read_text()
    lines = [line for line in page.splitlines() if line.startswith("backtester ")]
    assert len(lines) == 4
    for line in lines:
        more = ("--resamples", "0", "--out", "out") if " run " in line else ()
        status, _, err = called(tmp_path, *shlex.split(line)[1:], *more)
        assert status == 0, err
    document = json.loads((tmp_path / "out" / "result.json").read_text())
    assert document["history"]["rhythm"] == "monthly"
    assert document["strategies"][1]["causal"]


def test_own_history_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of the example are those that the file beside them draws."""
    names = runpy.run_path(str(EXAMPLES / "own_history" / "make.py"))
    monkeypatch.setitem(names["main"].__globals__, "HERE", tmp_path)
    names["main"]()
    for name in ("shares.csv", "money.csv"):
        assert (tmp_path / name).read_text() == (EXAMPLES / "own_history" / name).read_text()


def test_the_scenario_runs_as_it_says(tmp_path: Path) -> None:
    """In the example of a scenario stocks end 18% lower, and both strategies lose."""
    file = EXAMPLES / "oil_embargo.toml"
    words = ("stress", "run", "sixty_forty + gold_overlay", "--scenario", str(file), "--json", "--out", "out")
    status, out, err = called(tmp_path, *words)
    assert status == 0, err
    (scenario,) = json.loads(out)["stress"]["scenarios"]
    assert scenario["assets"]["stocks"] == pytest.approx(-0.18)
    assert scenario["assets"]["gold"] == pytest.approx(0.12)
    assert all(one["return"] < 0 for one in scenario["strategies"].values())
