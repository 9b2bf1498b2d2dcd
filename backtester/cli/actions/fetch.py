"""`data fetch`: providers' files, downloaded, to a history in the user's folder."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from backtester.cli.actions.build import print_built
from backtester.cli.actions.screen import console, warn
from backtester.histories.fetch.history import fetch_history
from backtester.histories.fetch.settings import Ears, Limits, Settings


def fetch_from_providers(params: Mapping[str, Any]) -> None:
    """Fetch the history and say what it holds."""
    data: Path = params["data"]
    limits = Limits(timeout_seconds=params["timeout"])
    cache: Path = params["cache"] or data / ".cache"
    settings = Settings(cache, refresh=params["refresh"], base_url=params["base_url"], limits=limits)
    with shown() as ears:
        fetched = fetch_history(params["history"], data, settings, ears)
    for warning in fetched.warnings:
        warn(warning)
    print_built(fetched.built, data)


@contextmanager
def shown() -> Iterator[Ears]:
    """Ears that show the file and a bar of its bytes, on stderr and only on a terminal."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield Ears()
        return
    columns = (BarColumn(), DownloadColumn(), TextColumn("{task.fields[doing]}", markup=False))
    with Progress(*columns, console=screen, transient=True) as progress:
        progress.add_task("", total=None, doing="Starting")

        def told(message: str) -> None:
            progress.remove_task(progress.task_ids[0])  # the next one's size is not known yet
            progress.add_task("", total=None, doing=message)

        yield Ears(
            told=told,
            received=lambda size, total: progress.update(progress.task_ids[0], completed=size, total=total),
        )
