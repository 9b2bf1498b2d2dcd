"""`backtester verify`."""

from pathlib import Path

import click

from backtester.cli.options import data_option, json_option, plugins_option


@click.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path, file_okay=False))
@data_option
@plugins_option
@json_option
def verify(folder: Path, data: Path | None, plugins: tuple[Path, ...], as_json: bool) -> None:
    """Carry a run out again, and say how far its figures are from those in its folder.

    RUN is a folder that `run` wrote; nothing in it is changed. Its history and strategies must be those that it saw, by
    their hashes. A manifest holds no absolute path: a run with such a --data or --plugins needs it here again. Exit
    status 1 when a figure differs, or when a file is not as the run wrote it.
    """
    from backtester.cli.actions.verify import verify_run  # pandas and numba take a second to import

    if not verify_run(folder, data, plugins, as_json=as_json):
        raise SystemExit(1)
