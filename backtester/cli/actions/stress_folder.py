"""Writing the document of a stress command and its page into a folder: the one given, or one named after its hash."""

from collections.abc import Callable
from pathlib import Path

from backtester.cli.actions.run_screen import shown_progress, warn_if_uncached
from backtester.files import sha256, to_json
from backtester.pages.table import Table
from backtester.runs.settings import ReportProgress
from backtester.runs.values import Json
from backtester.tearsheet.stress_page import check_stress_folder, publish_stress


def write_stress_folder(
    name: str,
    out: Path | None,
    make: Callable[[ReportProgress], Json],
    render: Callable[[Json], tuple[str, list[Table]]],
) -> tuple[Json, Path]:
    """Make a document (results as JSON), write it and its page into a folder, and return it and the page's path.

    `name` is the command's. Raise OutputError before any work if the folder `out` cannot be used.
    """
    if out is not None:
        check_stress_folder(out, name)
    home = Path.cwd()  # before any plugin is loaded: one may change the working folder
    with shown_progress() as progress:
        document = make(progress)
        progress("Writing the page")
        folder = out or Path("runs") / f"{name}-{sha256(to_json(document).encode())[:8]}"
        page = publish_stress(document, home / folder, name, render)
    warn_if_uncached()
    return document, folder / page.name
