"""What a strategy writes when it is called: what it keeps there, it knows in later calls and later runs.

Seen are files opened by Python, names made in folders, databases of sqlite3, and processes and connections, which may
keep anything. A library's own code that opens files without Python is not seen.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

from backtester.contract.rules import BrokenRule

WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
NAMES = ("os.link", "os.mkdir", "os.rename", "os.setxattr", "os.symlink", "sqlite3.connect")  # of audit events
OTHERS = {  # audit events of what may keep anything elsewhere
    "os.exec": "a program",
    "os.fork": "a process",
    "os.forkpty": "a process",
    "os.posix_spawn": "a process",
    "os.system": "a process",
    "socket.connect": "a connection",
    "subprocess.Popen": "a process",
}
NOWHERE = (os.devnull, ":memory:", "")  # the last two are databases of sqlite3 that end with their connection
CACHE = "__pycache__"  # written by Python where the strategy imports a module for the first time


@contextmanager
def files_written(function: Callable[..., object]) -> Iterator[list[str]]:
    """A list of what is written in the block while the function runs, in order: files, or "a process" and the like.

    Python keeps an audit hook until it ends: this is for a process that checks one strategy and ends.
    """
    code: CodeType = function.__code__
    written: list[str] = []
    watching = True

    def hear(event: str, values: tuple[object, ...]) -> None:
        if watching and (what := _written(event, values)) and _is_running(code):
            written.append(what)

    sys.addaudithook(hear)
    try:
        yield written
    finally:
        watching = False


def keeps_nothing(written: list[str]) -> BrokenRule | None:
    """A call writes no file, and starts nothing that might."""
    if not written:
        return None
    does = f"starts {written[0]}" if written[0] in OTHERS.values() else f"writes {written[0]}"
    message = f"the call {does}; what a strategy reads back from there no check can see"
    return BrokenRule("keeps nothing for later calls", message)


def _written(event: str, values: tuple[object, ...]) -> str | None:
    """What an audit event writes, None if nothing."""
    if event in OTHERS:
        return OTHERS[event]
    if event != "open" and event not in NAMES:
        return None
    path = values[1] if event in ("os.link", "os.rename", "os.symlink") else values[0]
    if not isinstance(path, str | bytes | os.PathLike):
        return None
    name = os.fsdecode(path)
    if CACHE in Path(name).parts or name in NOWHERE:
        return None
    return name if event in NAMES or _is_writing(*values[1:3]) else None


def _is_writing(mode: object, flags: object) -> bool:
    return bool(set(mode) & set("wax+")) if isinstance(mode, str) else bool(int(str(flags)) & WRITING)


def _is_running(code: CodeType) -> bool:
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code is code:
            return True
        frame = frame.f_back
    return False
