"""Folders of the user: of their own histories, and of caches."""

import os
from pathlib import Path

import platformdirs


def named_folder(folder: Path | None) -> Path | None:
    """The given folder, or else the one that the environment variable BACKTESTER_DATA names; None if it names none."""
    return folder or (Path(os.environ["BACKTESTER_DATA"]) if os.environ.get("BACKTESTER_DATA") else None)


def cache_folder(name: str) -> Path:
    """The folder of a cache, in the one that BACKTESTER_CACHE names or else in the user's cache folder; it may not
    exist yet."""
    return Path(os.environ.get("BACKTESTER_CACHE") or platformdirs.user_cache_path("crisis-backtester")) / name
