"""`backtester verify`: a run, or jobs of a study (recipes with their settings), computed again and compared."""

from pathlib import Path

import click

from backtester.cli.options import data_option, json_option, plugins_option
from backtester.cli.streams import Command


@click.command(cls=Command)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@data_option
@plugins_option
@click.option("--sample", type=click.IntRange(1), help="How many jobs of a study to run again.  [20]")
@json_option
def verify(folder: Path, data: Path | None, plugins: tuple[Path, ...], sample: int | None, as_json: bool) -> None:
    """Run a run, or some of a study's jobs, again, and print the largest difference from the folder.

    FOLDER is one that `run` or `batch` wrote; nothing in it is changed. Its history and strategies must have the hashes
    that are in its manifest. A manifest has no absolute paths: if --data or --plugins was one, give it again; likewise
    for a study whose file named it from another folder. The jobs of a study are a sample, the same each time. Exit
    status 1 when a figure differs, or when a file is not as the run wrote it.
    """
    from backtester.batch.manifest import is_study  # pandas and numba take a second to import
    from backtester.cli.actions.verify import verify_jobs, verify_run  # likewise

    if is_study(folder):
        same = verify_jobs(folder, data, plugins, sample=sample or 20, as_json=as_json)
    elif sample is not None:
        raise click.UsageError(f"--sample is of a study's jobs, and {folder} is not a study's folder")
    else:
        same = verify_run(folder, data, plugins, as_json=as_json)
    if not same:
        raise SystemExit(1)
