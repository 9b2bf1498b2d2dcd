"""The settings of a fetch: limits of time, attempts and bytes; its clock; and the errors that it raises."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from backtester.errors import DataError


@dataclass(frozen=True)
class DownloadLimits:
    """Bounds of one download."""

    timeout_seconds: float = 120  # of one whole attempt
    connect_seconds: float = 10
    silence_seconds: float = 30  # between two pieces of an answer
    attempts: int = 3
    pause_seconds: float = 2  # before the second attempt; each later pause is twice as long
    max_bytes: int = 50_000_000  # the largest of the files has 1 MB


@dataclass(frozen=True)
class Clock:
    """The time; a test's own clock does not sleep."""

    now: Callable[[], float] = time.time
    elapsed: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class FetchSettings:
    """How to fetch.

    Files in the `own_folders` are used instead of downloads. With a `base_url` every request goes to that server, and
    the host of the address becomes the first part of the path.
    """

    cache: Path
    own_folders: tuple[Path, ...] = ()
    refresh: bool = False
    max_age_seconds: float = 12 * 3600
    base_url: str | None = None
    limits: DownloadLimits = field(default_factory=DownloadLimits)
    clock: Clock = field(default_factory=Clock)


class TemporaryError(Exception):
    """A failure that may be temporary; its message continues "the provider did not send the file:"."""


class PermanentError(Exception):
    """A failure that another attempt would repeat; its message continues the same words."""


class UnreachableError(DataError):
    """A file that no attempt could download, though it may exist."""
