"""Carrying out `backtester verify`: a run, or some jobs of a study, computed again and compared with the folder."""

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
    """Compute a run again and print the largest difference from its folder.

    Return whether no figure differs and no file was changed. Raise DataError if the folder is not a run's.
    """
    if not any((folder / name).exists() for name in ("result.json", FILES["manifest"])):
        raise DataError(f"{folder} is the folder of neither a run nor a study; name one that run or batch wrote")
    stored = read_run(folder)
    settings = _settings(stored)
    places = {"data": data or settings.data, "plugins": plugins or settings.plugins}
    with shown_progress() as progress:
        again = recomputed(stored, settings.model_copy(update=places), progress)
        difference = largest_difference(stored, again)
    warn_if_uncached()
    as_written = warn_of_edits(stored)
    _note_versions(stored.manifest, "run")
    if as_json:
        print_json(_document(difference) | {"edited": list(stored.edited)})
    else:
        _print(difference)
    return difference.size <= VALUE_TOLERANCE and as_written


def verify_jobs(folder: Path, data: Path | None, plugins: tuple[Path, ...], *, sample: int, as_json: bool) -> bool:
    """Run some jobs of a study again and print the largest difference; return whether no figure differs."""
    stored = read_study_folder(folder)
    with shown_progress() as progress:
        verification = verify_study(stored, data, plugins, sample=sample, report=progress)
    warn_if_uncached()
    _note_versions(stored.manifest, "study")
    if as_json:
        print_json(_document(verification.difference) | {"jobs": verification.jobs, "of": verification.sound})
    else:
        say(f"{verification.jobs:,} of {verification.sound:,} jobs were carried out again")
        _print(verification.difference)
    return verification.difference.size <= VALUE_TOLERANCE


def _note_versions(manifest: Json, what: str) -> None:
    """Print a note on each package that had another version when the run or study was made."""
    for name, version in versions().items():
        if version != manifest["versions"].get(name):
            note(f"the {what} was made with {name} {manifest['versions'].get(name)}; this is {version}")


def _document(difference: Difference) -> Json:
    """The largest difference as JSON; its size is None if a figure is missing or is not a number."""
    size = difference.size if difference.size < float("inf") else None
    return {"equal": difference.size <= VALUE_TOLERANCE, "largest_difference": size, "at": difference.where}


def _print(difference: Difference) -> None:
    if difference.size == 0:
        say("Every figure is the same, to the last bit")
    else:
        by_rounding = ", which rounding explains" if difference.size <= VALUE_TOLERANCE else ""
        say(f"The largest difference of any figure: {difference}{by_rounding}")


def _settings(stored: RunFolder) -> RunSettings:
    """The settings of a run, from the command in its manifest; raise DataError if it is a comparison or damaged."""
    if runs := [run["run"] for run in stored.manifest.get("runs", ())]:
        raise DataError(f"{stored.path} is a comparison; verify the runs that it came from: {', '.join(runs)}")
    try:
        _, name, *words = shlex.split(stored.manifest["command"])
        if name != "run":
            raise ValueError(name)
        return run_settings(run.make_context("backtester run", words, help_option_names=[]).params)
    except (ValueError, click.ClickException, click.exceptions.Exit) as error:
        raise DataError(f"the command in {stored.path / 'manifest.json'} is not such as run writes") from error
