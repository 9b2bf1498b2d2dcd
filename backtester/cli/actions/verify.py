"""Carrying out `backtester verify`: what a run, or some jobs of a study, come to now."""

import shlex
from pathlib import Path

import click

from backtester.batch.manifest import read_study_folder
from backtester.batch.verify import verify_study
from backtester.cli.actions.report import warn_of_edits
from backtester.cli.actions.run import run_settings
from backtester.cli.actions.run_screen import shown_progress, warn_if_uncached
from backtester.cli.actions.screen import note, print_json, say
from backtester.cli.run import run
from backtester.errors import DataError
from backtester.runs.comparable import VALUE_TOLERANCE
from backtester.runs.folder import FILES, RunFolder, read_run
from backtester.runs.manifest import versions
from backtester.runs.settings import RunSettings
from backtester.runs.values import Json
from backtester.runs.verify import Difference, largest_difference, recomputed


def verify_run(folder: Path, data: Path | None, plugins: tuple[Path, ...], *, as_json: bool) -> bool:
    """Say how far the run's figures are from those of today; whether none differs and no file was changed."""
    if not any((folder / name).exists() for name in ("result.json", FILES["manifest"])):
        raise DataError(f"{folder} is the folder of neither a run nor a study; name one that run or batch wrote")
    stored = read_run(folder)
    settings = _settings(stored)
    named = {"data": data or settings.data, "plugins": plugins or settings.plugins}
    with shown_progress() as progress:
        again = recomputed(stored, settings.model_copy(update=named), progress)
        found = largest_difference(stored, again)
    warn_if_uncached()
    as_written = warn_of_edits(stored)
    _note_versions(stored.manifest, "run")
    if as_json:
        print_json(_document(found) | {"edited": list(stored.edited)})
    else:
        _say(found)
    return found.size <= VALUE_TOLERANCE and as_written


def verify_jobs(folder: Path, data: Path | None, plugins: tuple[Path, ...], *, sample: int, as_json: bool) -> bool:
    """Say how far the figures of some of a study's jobs are from those of today; whether none differs."""
    stored = read_study_folder(folder)
    with shown_progress() as progress:
        found = verify_study(stored, data, plugins, sample=sample, report=progress)
    warn_if_uncached()
    _note_versions(stored.manifest, "study")
    if as_json:
        print_json(_document(found.difference) | {"jobs": found.jobs, "of": found.of})
    else:
        say(f"{found.jobs:,} of {found.of:,} jobs were carried out again")
        _say(found.difference)
    return found.difference.size <= VALUE_TOLERANCE


def _note_versions(stored: Json, what: str) -> None:
    """Note with which other versions it was made."""
    for name, version in versions().items():
        if version != stored["versions"].get(name):
            note(f"the {what} was made with {name} {stored['versions'].get(name)}; this is {version}")


def _document(found: Difference) -> Json:
    """The largest difference as JSON; it has no number if a figure is missing or is not a number."""
    finite = found.size if found.size < float("inf") else None
    return {"equal": found.size <= VALUE_TOLERANCE, "largest_difference": finite, "at": found.where}


def _say(found: Difference) -> None:
    if found.size == 0:
        say("Every figure is the same, to the last bit")
    else:
        by_rounding = ", which rounding explains" if found.size <= VALUE_TOLERANCE else ""
        say(f"The largest difference of any figure: {found}{by_rounding}")


def _settings(stored: RunFolder) -> RunSettings:
    """The settings that the manifest's command states; raise DataError if it states none."""
    if runs := [run["run"] for run in stored.manifest.get("runs", ())]:
        raise DataError(f"{stored.path} is a comparison; verify the runs that it came from: {', '.join(runs)}")
    try:
        _, name, *words = shlex.split(stored.manifest["command"])
        if name != "run":
            raise ValueError(name)
        return run_settings(run.make_context("backtester run", words, help_option_names=[]).params)
    except (ValueError, click.ClickException, click.exceptions.Exit) as error:
        raise DataError(f"the command in {stored.path / 'manifest.json'} is not such as run writes") from error
