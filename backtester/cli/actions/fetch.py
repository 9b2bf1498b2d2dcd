"""Carrying out `data fetch`: a history in the user's folder, made from files that are downloaded."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backtester.cli.actions.build import print_built
from backtester.cli.actions.run_screen import shown_progress
from backtester.cli.actions.screen import warn
from backtester.histories.fetch.history import fetch_history
from backtester.histories.fetch.settings import DownloadLimits, FetchSettings


def fetch_from_providers(params: Mapping[str, Any]) -> None:
    """Download the files, build the history and print its span."""
    data: Path = params["data"]
    settings = FetchSettings(
        params["cache"] or data / ".cache",
        own_folders=params["sources"],
        refresh=params["refresh"],
        base_url=params["base_url"],
        limits=DownloadLimits(timeout_seconds=params["timeout"]),
    )
    with shown_progress() as progress:
        fetched = fetch_history(params["history"], data, settings, progress)
    for warning in fetched.warnings:
        warn(warning)
    print_built(fetched.built, data)
