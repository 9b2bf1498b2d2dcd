"""Carrying out `backtester report`: pages made of what lies in the runs' folders."""

from pathlib import Path

import click

from backtester.cli.actions.screen import print_json, shown_progress
from backtester.runs.folder import FILES, read_run
from backtester.tearsheet.publish import Pages, write_pages


def report_runs(folders: tuple[Path, ...], plotly: str | None, *, classic: bool, as_json: bool) -> None:
    """Read all runs, then write the pages of each, and say where they are."""
    with shown_progress() as progress:
        progress("Reading")
        runs = [read_run(folder) for folder in dict.fromkeys(folders)]
        beside = plotly == "beside" or (plotly is None and len(runs) > 1)
        for run in runs:
            progress(f"Writing the tearsheet of {run.path}")
            write_pages(run, Pages(plotly=_place(folders, run.path) if beside else None, classic=classic))
    if as_json:
        print_json({"reports": [{"run": str(run.path), "files": {"tearsheet": FILES["tearsheet"]}} for run in runs]})
        return
    for run in runs:
        click.echo(f"Tearsheet: {run.path / FILES['tearsheet']}")


def _place(folders: tuple[Path, ...], own: Path) -> Path:
    """Where a run's copy of plotly.js lies: in the folder that all of several runs lie in, else in its own."""
    above = {folder.resolve().parent for folder in folders}
    return own.resolve().parent if len(folders) > 1 and len(above) == 1 else own
