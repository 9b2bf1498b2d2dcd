"""What a fetch may take: time, attempts, bytes; whom it tells; and the clock that it goes by."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import requests

from backtester.errors import DataError


@dataclass(frozen=True)
class Limits:
    """Bounds of one download."""

    timeout_seconds: float = 120  # of one attempt, all in
    connect_seconds: float = 10
    silence_seconds: float = 30  # between two pieces of an answer
    attempts: int = 5
    pause_seconds: float = 1  # before the second attempt; each later pause is twice as long
    longest_pause_seconds: float = 60  # a server that asks for more is told of, not waited for
    max_bytes: int = 50_000_000  # the largest of the files has 1 MB


@dataclass(frozen=True)
class Clock:
    """The time; a test's own clock does not sleep."""

    now: Callable[[], float] = time.time
    elapsed: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Settings:
    """How to fetch. `base_url` stands before every address, whose host becomes the first part of the path."""

    cache: Path
    refresh: bool = False
    max_age_seconds: float = 12 * 3600
    base_url: str | None = None
    limits: Limits = field(default_factory=Limits)
    clock: Clock = field(default_factory=Clock)


@dataclass(frozen=True)
class Ears:
    """Who hears what is being done, and how many bytes of how many have come."""

    told: Callable[[str], None] = lambda message: None
    received: Callable[[int, int | None], None] = lambda size, total: None


@dataclass(frozen=True)
class Line:
    """What every request needs."""

    session: requests.Session
    settings: Settings
    ears: Ears


class PassingError(Exception):
    """A failure that may pass: worth another attempt, after `pause_seconds` if the server named them."""

    def __init__(self, what: str, pause_seconds: float = 0) -> None:
        """`what` goes on from "the provider did not send the file:"."""
        super().__init__(what)
        self.pause_seconds = pause_seconds


class UnreachableError(DataError):
    """A file that no attempt brought, though nothing says that it is not there."""
