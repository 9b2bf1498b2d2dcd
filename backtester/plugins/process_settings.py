"""Settings of the whole process that a plugin may change and our own code reads: they are restored after its call.

Random generators are not among them: a strategy that uses one returns other weights each time, which a rule finds.
"""

import contextlib
import locale
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

PANDAS_OPTIONS = ("compute", "future", "io", "mode")  # groups of options on which figures may depend
ENDING_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM")  # signals that end a process


@dataclass(frozen=True)
class ProcessState:
    """A setting of the process: a function that reads it, and one that restores it."""

    read: Callable[[], Any]
    put: Callable[[Any], object]


@contextlib.contextmanager
def settings_kept() -> Iterator[None]:
    """Restore every setting that the block changes."""
    kept = [setting.read() for setting in PROCESS_STATES]
    try:
        yield
    finally:
        for setting, value in zip(PROCESS_STATES, kept, strict=True):
            if setting.read() != value:
                setting.put(value)


def _rights() -> int:
    """The umask, which can only be read by setting it."""
    rights = os.umask(0o077)
    os.umask(rights)
    return rights


def _environment() -> dict[str | bytes, str | bytes]:
    """The environment in its internal form, which is copied fifty times as fast as variable by variable."""
    return dict(vars(os.environ)["_data"])


def _put_environment(kept: dict[str | bytes, str | bytes]) -> None:
    values = {os.fsdecode(name): os.fsdecode(value) for name, value in kept.items()}
    for name in os.environ.keys() - values.keys():
        del os.environ[name]
    os.environ.update(values)
    if hasattr(time, "tzset"):
        time.tzset()


def _put_path(kept: list[str]) -> None:
    """Restore the module search path; entries that were added stay at its end, as modules may still need them."""
    sys.path[:] = [*kept, *(place for place in sys.path if place not in kept)]


def _put_filters(kept: tuple[Any, Any]) -> None:
    warnings.resetwarnings()  # invalidates the caches of filters
    filters: Any = warnings.filters
    filters[:], warnings.showwarning = kept


def _options() -> dict[str, Any]:
    """The options of pandas in their internal form, without those of display; reading some singly would warn."""
    return {name: _copied(vars(pd.options)["d"][name]) for name in PANDAS_OPTIONS}


def _copied(options: dict[str, Any]) -> dict[str, Any]:
    return {name: _copied(value) if isinstance(value, dict) else value for name, value in options.items()}


def _put_options(kept: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of deprecated options
        _put_options_below(kept, _options())


def _put_options_below(kept: dict[str, Any], now: dict[str, Any], prefix: str = "") -> None:
    for name, value in kept.items():
        if isinstance(value, dict):
            _put_options_below(value, now[name], f"{prefix}{name}.")
        elif now[name] != value:
            pd.set_option(prefix + name, value)


def _handlers() -> dict[int, Any]:
    """The handlers of signals that end a process, by number."""
    known = (getattr(signal, name) for name in ENDING_SIGNALS if hasattr(signal, name))
    return {number: signal.getsignal(number) for number in known}


def _put_handlers(kept: dict[int, Any]) -> None:
    for number, handler in kept.items():
        if handler is not None and threading.current_thread() is threading.main_thread():
            signal.signal(number, handler)


def _alarm_is_set() -> bool:
    return hasattr(signal, "getitimer") and signal.getitimer(signal.ITIMER_REAL)[0] > 0


def _put_alarm(was_set: bool) -> None:
    """Cancel an alarm that the block set."""
    if not was_set:
        signal.setitimer(signal.ITIMER_REAL, 0)


PROCESS_STATES = (
    ProcessState(_rights, os.umask),
    ProcessState(_environment, _put_environment),
    ProcessState(lambda: list(sys.path), _put_path),
    ProcessState(sys.getrecursionlimit, sys.setrecursionlimit),
    ProcessState(lambda: locale.setlocale(locale.LC_ALL), lambda kept: locale.setlocale(locale.LC_ALL, kept)),
    ProcessState(lambda: (list(warnings.filters), warnings.showwarning), _put_filters),
    ProcessState(_options, _put_options),
    ProcessState(_handlers, _put_handlers),
    ProcessState(_alarm_is_set, _put_alarm),
)
