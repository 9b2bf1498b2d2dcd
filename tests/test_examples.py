"""The notebooks in `examples/`: each runs, and shows what it says it shows."""

import json
from pathlib import Path

import nbformat
import pytest

from notebooks import NOTEBOOKS, Cells, executed


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
