"""`data build` and `data import`: providers' files to a history in the user's folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from backtester.cli.actions.screen import note, told_progress
from backtester.errors import DataError
from backtester.files import read_limited
from backtester.histories.blueprints.build import Built, build_history, read_from
from backtester.histories.blueprints.imports import import_series
from backtester.histories.providers.rows import MAX_BYTES


def build_from_folders(history: str, sources: tuple[Path, ...], data: Path) -> None:
    """Build the history and say what it holds."""
    with told_progress() as tell:
        built = build_history(history, data, read_from(*sources), tell)
    print_built(built, data)


def print_built(built: Built, data: Path) -> None:
    """What the history holds, where files of one series differ, and what to do next."""
    for text in built.notes:
        note(text)
    name, sessions = built.market.history.name, built.market.sessions
    click.echo(f"{name}: {sessions[0].date()} to {sessions[-1].date()}, {len(sessions):,} sessions, in {data}")
    click.echo(f"Next: backtester data check {name} --data {data}")


def import_file(params: Mapping[str, Any]) -> None:
    """Add the series and say what the history holds now."""
    file: Path = params["file"]
    try:
        content = read_limited(file, MAX_BYTES)
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from error
    keys = {"kind": params["kind"], "unit": params["unit"], "licence": params["licence"]}
    keys |= {"source": params["source"] or file.name}
    keys |= {"lag_sessions": params["lag_sessions"]} if params["lag_sessions"] else {}
    values = import_series(
        params["data"], params["history"], params["role"], keys, (file.name, content, params["column"])
    )
    click.echo(
        f"{params['history']}: {params['role']} with {len(values):,} values, {values.index[0].date()} to "
        f"{values.index[-1].date()}, in {params['data']}"
    )
