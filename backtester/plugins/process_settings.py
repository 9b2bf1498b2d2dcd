"""Settings of the whole process that our code reads and a plugin may change; they are restored after each call of it.

The state of random generators is not restored: a strategy that uses one gives other weights each time, and so breaks a
rule of the contract.
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
    """A setting of the process: a function that reads it, and one that restores what was read."""

    read: Callable[[], Any]
    restore: Callable[[Any], object]


@contextlib.contextmanager
def settings_kept() -> Iterator[None]:
    """Restore, at the end of the block, every setting that the block changed."""
    kept = [setting.read() for setting in PROCESS_STATES]
    try:
        yield
    finally:
        for setting, value in zip(PROCESS_STATES, kept, strict=True):
            if setting.read() != value:
                setting.restore(value)


def _umask() -> int:
    """The umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _environment() -> dict[str | bytes, str | bytes]:
    """The environment in its internal form: a copy of that is fifty times as fast as a copy variable by variable."""
    return dict(vars(os.environ)["_data"])


def _restore_environment(kept: dict[str | bytes, str | bytes]) -> None:
    values = {os.fsdecode(name): os.fsdecode(value) for name, value in kept.items()}
    for name in os.environ.keys() - values.keys():
        del os.environ[name]
    os.environ.update(values)
    if hasattr(time, "tzset"):
        time.tzset()


def _restore_path(kept: list[str]) -> None:
    """Restore the module search path; entries that were added stay at its end, as imports may still need them."""
    sys.path[:] = [*kept, *(entry for entry in sys.path if entry not in kept)]


def _restore_filters(kept: tuple[Any, Any]) -> None:
    warnings.resetwarnings()  # modules cache what filters say, and only this clears the caches
    filters: Any = warnings.filters
    filters[:], warnings.showwarning = kept


def _options() -> dict[str, Any]:
    """The options of pandas on which figures may depend, in their internal form: to read them singly may warn."""
    return {name: _copied(vars(pd.options)["d"][name]) for name in PANDAS_OPTIONS}


def _copied(options: dict[str, Any]) -> dict[str, Any]:
    """A copy of nested options."""
    return {name: _copied(value) if isinstance(value, dict) else value for name, value in options.items()}


def _restore_options(kept: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas warns of deprecated options
        _restore_changed_options(kept, _options())


def _restore_changed_options(kept: dict[str, Any], now: dict[str, Any], prefix: str = "") -> None:
    """Set the options in `now` that differ from `kept`; `prefix` is the path to both in the tree of options."""
    for name, value in kept.items():
        if isinstance(value, dict):
            _restore_changed_options(value, now[name], f"{prefix}{name}.")
        elif now[name] != value:
            pd.set_option(prefix + name, value)


def _handlers() -> dict[int, Any]:
    """The handlers of signals that end a process, by the signal's number."""
    numbers = (getattr(signal, name) for name in ENDING_SIGNALS if hasattr(signal, name))
    return {number: signal.getsignal(number) for number in numbers}


def _restore_handlers(kept: dict[int, Any]) -> None:
    """Restore signal handlers, which only the main thread can; None stands for one that Python did not set."""
    for number, handler in kept.items():
        if handler is not None and threading.current_thread() is threading.main_thread():
            signal.signal(number, handler)


def _alarm_is_set() -> bool:
    return hasattr(signal, "getitimer") and signal.getitimer(signal.ITIMER_REAL)[0] > 0


def _cancel_new_alarm(was_set: bool) -> None:
    """Cancel an alarm if there was none before the block."""
    if not was_set:
        signal.setitimer(signal.ITIMER_REAL, 0)


PROCESS_STATES = (
    ProcessState(_umask, os.umask),
    ProcessState(_environment, _restore_environment),
    ProcessState(lambda: list(sys.path), _restore_path),
    ProcessState(sys.getrecursionlimit, sys.setrecursionlimit),
    ProcessState(lambda: locale.setlocale(locale.LC_ALL), lambda kept: locale.setlocale(locale.LC_ALL, kept)),
    ProcessState(lambda: (list(warnings.filters), warnings.showwarning), _restore_filters),
    ProcessState(_options, _restore_options),
    ProcessState(_handlers, _restore_handlers),
    ProcessState(_alarm_is_set, _cancel_new_alarm),
)
