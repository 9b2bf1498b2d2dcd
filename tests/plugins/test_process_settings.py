"""Settings of the process that a plugin's code changes."""

import json
import locale
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from backtester.plugins.guard import plugin_code
from backtester.plugins.process_settings import settings_kept

BACKTESTER = Path(sys.executable).parent / "backtester"


def ignore(*_: object, **__: object) -> None:
    """Do nothing at a signal or a warning."""


def change_and_fail() -> None:
    sys.setrecursionlimit(400)
    raise ZeroDivisionError


def set_show() -> None:
    warnings.showwarning = ignore


CHANGES: dict[str, tuple[Callable[[], Any], Callable[[], object]]] = {
    "the environment": (lambda: dict(os.environ), lambda: os.environ.update(BACKTESTER_DATA="/elsewhere")),
    "a variable that is there": (lambda: dict(os.environ), lambda: os.environ.update(PATH="/elsewhere")),
    "a variable that was there": (lambda: dict(os.environ), lambda: os.environ.pop("PATH")),
    "the recursion limit": (sys.getrecursionlimit, lambda: sys.setrecursionlimit(400)),
    "the locale": (lambda: locale.setlocale(locale.LC_ALL), lambda: locale.setlocale(locale.LC_ALL, "C")),
    "warnings": (lambda: list(warnings.filters), lambda: warnings.simplefilter("ignore")),
    "all warnings": (lambda: list(warnings.filters), warnings.resetwarnings),
    "how warnings are shown": (lambda: warnings.showwarning, set_show),
    "a handler": (lambda: signal.getsignal(signal.SIGINT), lambda: signal.signal(signal.SIGINT, ignore)),
    "an alarm": (lambda: signal.getitimer(signal.ITIMER_REAL), lambda: signal.setitimer(signal.ITIMER_REAL, 100)),
    "an option": (lambda: pd.get_option("compute.use_numba"), lambda: pd.set_option("compute.use_numba", True)),
    "how missing values are understood": (
        lambda: pd.get_option("future.distinguish_nan_and_na"),
        lambda: pd.set_option("future.distinguish_nan_and_na", True),
    ),
}


@pytest.fixture
def utf_8() -> Iterator[None]:
    """A locale other than C, if there is one."""
    before = locale.setlocale(locale.LC_ALL)
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    yield
    locale.setlocale(locale.LC_ALL, before)


@pytest.mark.usefixtures("utf_8")
@pytest.mark.parametrize("name", CHANGES)
def test_what_a_plugin_changes_is_put_back(name: str) -> None:
    """Each is in the block as the plugin has it, and after it as it was."""
    read, change = CHANGES[name]
    before = read()
    with plugin_code():
        change()
        assert read() != before
    assert read() == before


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set there")
def test_the_time_zone_is_put_back() -> None:
    """The clock of the process shows the hours that it showed."""
    before = time.localtime(0)
    with settings_kept():
        os.environ["TZ"] = "XXX-9:30"
        time.tzset()
        assert time.localtime(0)[:5] == (1970, 1, 1, 9, 30)
    assert time.localtime(0) == before


def test_modules_are_looked_for_where_they_were_first() -> None:
    """A folder that a plugin puts first is last after it: it hides no module, and what is in it is found."""
    before = list(sys.path)
    try:
        with settings_kept():
            sys.path[:] = ["/first", *before[1:]]
        assert sys.path == [*before, "/first"]
    finally:
        sys.path[:] = before


def test_settings_are_put_back_after_an_error() -> None:
    """A plugin that fails leaves nothing behind either."""
    before = sys.getrecursionlimit()
    with pytest.raises(ZeroDivisionError), settings_kept():
        change_and_fail()
    assert sys.getrecursionlimit() == before


def test_a_plugin_does_not_move_where_histories_are_read(tmp_path: Path) -> None:
    """One that names another folder of data in the environment leaves the histories of crises as they are."""
    (tmp_path / "manifest.toml").write_text("nonsense")
    line = f"os.environ['BACKTESTER_DATA'] = {str(tmp_path)!r}"
    source = f"import os\n{line}\ndef weights():\n    {line}\n    return {{'stocks': 1.0}}\n"
    (tmp_path / "mover.py").write_text(source)
    words = ["run", "mover", "--plugins", "mover.py", "--start", "2024-01-02", "--resamples", "0", "--json"]
    done = subprocess.run([str(BACKTESTER), *words], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found = {one["name"]: one["assets"] for one in json.loads(done.stdout)["crises"]}
    assert found["Black Monday"]["gold"] > 0


@pytest.mark.parametrize("before", [0, 100])
def test_an_alarm_that_was_set_goes_on(before: int) -> None:
    """One that came in the block is off after it."""
    try:
        signal.setitimer(signal.ITIMER_REAL, before)
        with settings_kept():
            signal.setitimer(signal.ITIMER_REAL, 50)
        left = signal.getitimer(signal.ITIMER_REAL)[0]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    assert (left > 0) is (before > 0)
