"""The settings of downloads: folders, limits and a clock; and the errors that a failed download raises."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from backtester.errors import DataError


@dataclass(frozen=True)
class DownloadLimits:
    """Limits of one download."""

    timeout_seconds: float = 120  # for a whole attempt
    connect_seconds: float = 10  # for the connection
    silence_seconds: float = 30  # between two parts of the response
    attempts: int = 3
    pause_seconds: float = 2  # before the second attempt; each later pause is twice as long
    max_bytes: int = 50_000_000  # the largest of the files has 1 MB


@dataclass(frozen=True)
class Clock:
    """The functions that tell the time and sleep, so that tests need not wait."""

    now: Callable[[], float] = time.time
    elapsed: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class FetchSettings:
    """The folders, limits and server of a fetch.

    `cache` is the folder of downloads; one that is younger than `max_age_seconds` is not downloaded again, unless
    `refresh` is true. Files in the `own_folders` are used instead of downloads. With a `base_url` every request goes to
    that server, and the host of the address becomes the first part of the path.
    """

    cache: Path
    own_folders: tuple[Path, ...] = ()
    refresh: bool = False
    max_age_seconds: float = 12 * 3600
    base_url: str | None = None
    limits: DownloadLimits = field(default_factory=DownloadLimits)
    clock: Clock = field(default_factory=Clock)


class TemporaryError(Exception):
    """A failure after which another attempt may succeed; its message continues "FRED did not send the file: "."""


class PermanentError(Exception):
    """A failure that another attempt would repeat; its message continues "FRED did not send the file: "."""


class UnreachableError(DataError):
    """All attempts at a download failed, though the file may exist."""
