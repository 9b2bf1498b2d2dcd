"""Carrying out `backtester verify`: the run's own command understood again, and what the run comes to now."""

import shlex
from pathlib import Path

import click

from backtester.cli.actions.report import warn_of_edits
from backtester.cli.actions.run import run_settings
from backtester.cli.actions.screen import note, print_json, say, shown_progress, warn_if_uncached
from backtester.cli.run import run
from backtester.errors import DataError
from backtester.runs.folder import RunFolder, read_run
from backtester.runs.manifest import versions
from backtester.runs.settings import RunSettings
from backtester.runs.verify import SAME, largest_difference, recomputed


def verify_run(folder: Path, data: Path | None, plugins: tuple[Path, ...], *, as_json: bool) -> bool:
    """Say how far the run's figures are from those of today; whether none differs and no file was changed."""
    stored = read_run(folder)
    settings = _settings(stored)
    named = {"data": data or settings.data, "plugins": plugins or settings.plugins}
    with shown_progress() as progress:
        again = recomputed(stored, settings.model_copy(update=named), progress)
        found = largest_difference(stored, again)
    warn_if_uncached()
    as_written = warn_of_edits(stored)
    for name, version in versions().items():
        if version != stored.manifest["versions"].get(name):
            note(f"the run was made with {name} {stored.manifest['versions'].get(name)}; this is {version}")
    equal = found.size <= SAME
    if as_json:
        finite = found.size if found.size < float("inf") else None
        print_json({"equal": equal, "largest_difference": finite, "at": found.where, "edited": list(stored.edited)})
    elif found.size == 0:
        say("Every figure is the same, to the last bit")
    else:
        say(f"The largest difference of any figure: {found}{', which rounding explains' if equal else ''}")
    return equal and as_written


def _settings(stored: RunFolder) -> RunSettings:
    """The settings that the manifest's command states; raise DataError if it states none."""
    if runs := [run["run"] for run in stored.manifest.get("runs", ())]:
        raise DataError(f"{stored.path} is a comparison; verify the runs that it came from: {', '.join(runs)}")
    try:
        _, name, *words = shlex.split(stored.manifest["command"])
        if name != "run":
            raise ValueError(name)
        return run_settings(run.make_context("backtester run", words).params)
    except (ValueError, click.ClickException, click.exceptions.Exit) as error:
        raise DataError(f"the command in {stored.path / 'manifest.json'} is not such as run writes") from error
