"""What a fetch may take: time, attempts and bytes; the clock that it goes by; and how it fails."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from backtester.errors import DataError


@dataclass(frozen=True)
class DownloadLimits:
    """Bounds of one download."""

    timeout_seconds: float = 120  # of one attempt, all in
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
class Settings:
    """How to fetch.

    Files in the folders `own` are taken as they are and not asked for. `base_url` stands before every address, whose
    host becomes the first part of the path.
    """

    cache: Path
    own: tuple[Path, ...] = ()
    refresh: bool = False
    max_age_seconds: float = 12 * 3600
    base_url: str | None = None
    limits: DownloadLimits = field(default_factory=DownloadLimits)
    clock: Clock = field(default_factory=Clock)


class PassingError(Exception):
    """A failure that may pass; what it says goes on from "the provider did not send the file:"."""


class RefusedError(Exception):
    """A failure that another attempt would meet again; what it says goes on likewise."""


class UnreachableError(DataError):
    """A file that no attempt brought, though nothing says that it is not there."""
