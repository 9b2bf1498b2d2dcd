"""Folders of the user's: of histories, and of what is remembered."""

import os
from pathlib import Path

import platformdirs


def named_folder(folder: Path | None) -> Path | None:
    """The folder of the user's own histories, or the one that BACKTESTER_DATA names; None if none is named."""
    return folder or (Path(os.environ["BACKTESTER_DATA"]) if os.environ.get("BACKTESTER_DATA") else None)


def cache_folder(name: str) -> Path:
    """The folder, which need not be there, for what we remember of that kind: the user's, or in `BACKTESTER_CACHE`."""
    return Path(os.environ.get("BACKTESTER_CACHE") or platformdirs.user_cache_path("crisis-backtester")) / name
