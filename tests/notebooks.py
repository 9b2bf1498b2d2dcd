"""Running a notebook's cells in this process, as Jupyter does; `python tests/notebooks.py` writes what they show."""

import json
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

NOTEBOOKS = sorted((Path(__file__).parent.parent / "examples").glob("*.ipynb"))
Cells = list[dict[str, Any]]


def executed(notebook: Path) -> Cells:
    """The cells with what they show now, the value of a cell's last line; an error of a cell is raised."""
    cells: Cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}, InteractiveShell={"warn_venv": False}))
    for count, cell in enumerate((cell for cell in cells if cell["cell_type"] == "code"), start=1):
        values: list[object] = []
        shell.display_trap.hook = values.append
        shell.run_cell("".join(cell["source"]), store_history=False).raise_error()
        cell["execution_count"] = count
        cell["outputs"] = [_output(shell.display_formatter.format(value)[0], count) for value in values]
    return cells


def _output(data: dict[str, str], count: int) -> dict[str, Any]:
    lines = {kind: text.splitlines(keepends=True) for kind, text in data.items()}
    return {"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": lines}


def main() -> None:
    """Write every notebook with its outputs."""
    for notebook in NOTEBOOKS:
        whole = json.loads(notebook.read_text(encoding="utf-8")) | {"cells": executed(notebook)}
        notebook.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
