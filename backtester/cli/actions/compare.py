"""Carrying out `backtester compare`: the strategies of several runs on one page.

The document is a run's results as JSON.
"""

import dataclasses
from pathlib import Path

import click

from backtester.cli.actions.report import warn_of_edits
from backtester.cli.actions.run_screen import print_summary, shown_progress
from backtester.cli.actions.screen import print_json, say
from backtester.files import sha256, to_json
from backtester.runs.compare import combined_run
from backtester.runs.folder import check_run_place, read_run, write_folder_files
from backtester.runs.summary import summary
from backtester.tearsheet.publish import Pages, publish, reported_as_damage


def compare_runs(folders: tuple[Path, ...], out: Path | None, *, beside: bool, classic: bool, as_json: bool) -> bool:
    """Put the runs side by side, write the folder and print the summary.

    With `beside`, plotly.js is beside the page, not in it; `classic` adds quantstats' reports. Return whether all files
    of the runs are as the runs wrote them.
    """
    if len(set(folders)) < 2:
        raise click.UsageError("one run alone; name two or more, or use report to make its page again")
    if out is not None:
        check_run_place(out)
    with shown_progress() as progress:
        progress("Reading")
        runs = [read_run(folder) for folder in dict.fromkeys(folders)]
        comparison = combined_run(runs)
        with reported_as_damage("a run's folder is damaged"):
            folder = out or Path("runs") / f"compare-{sha256(to_json(comparison.manifest['runs']).encode())[:8]}"
            progress("Writing the tearsheet")
            pages, shown = Pages(folder if beside else None, classic), summary(comparison.document)
            document = publish(
                lambda stage: write_folder_files(dataclasses.replace(comparison, path=stage)), folder, pages
            )
    as_written = [warn_of_edits(run) for run in runs]
    if as_json:
        print_json(document)
        return all(as_written)
    print_summary(shown)
    say(f"\nTearsheet: {folder / document['files']['tearsheet']}")
    return all(as_written)
