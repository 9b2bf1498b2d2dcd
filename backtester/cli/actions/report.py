"""Carrying out `backtester report`: the tearsheets of runs, made again from their folders."""

from pathlib import Path

from backtester.cli.actions.run_screen import shown_progress
from backtester.cli.actions.screen import print_json, say, warn
from backtester.runs.folder import FILES, RunFolder, read_run
from backtester.tearsheet.parts.provenance import changed_since
from backtester.tearsheet.publish import Pages, write_tearsheet


def report_runs(folders: tuple[Path, ...], plotly: str | None, *, classic: bool, full: bool, as_json: bool) -> bool:
    """Read the runs, write their tearsheets and print where these are.

    Return whether all files of the runs are as the runs wrote them.
    """
    with shown_progress() as progress:
        progress("Reading")
        runs = [read_run(folder) for folder in dict.fromkeys(folders)]
        beside = plotly == "beside" or (plotly is None and len(runs) > 1)
        for run in runs:
            progress(f"Writing the tearsheet of {run.path}")
            write_tearsheet(run, Pages(_plotly_folder(folders, run.path) if beside else None, classic, full))
    as_written = [warn_of_edits(run) for run in runs]
    if as_json:
        files = {"tearsheet": FILES["tearsheet"]}
        print_json({"reports": [{"run": str(run.path), "files": files, "edited": list(run.edited)} for run in runs]})
        return all(as_written)
    for run in runs:
        say(f"Tearsheet: {run.path / FILES['tearsheet']}")
    return all(as_written)


def warn_of_edits(run: RunFolder) -> bool:
    """Return whether the run's files are as it wrote them; warn where they are not."""
    if run.edited:
        warn(f"{run.path}: {changed_since(run)}")
    return not run.edited


def _plotly_folder(folders: tuple[Path, ...], run: Path) -> Path:
    """The folder of the plotly.js that a run's page loads: the folder that all runs are in, else the run's own."""
    parents = {folder.resolve().parent for folder in folders}
    return run.resolve().parent if len(folders) > 1 and len(parents) == 1 else run
