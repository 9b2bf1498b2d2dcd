"""Which files a strategy writes when it is called: what it keeps there, it knows in later calls and later runs."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

from backtester.contract.rules import Finding

WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
CACHE = "__pycache__"  # written by Python where the strategy imports a module for the first time


@contextmanager
def files_written(function: Callable[..., object]) -> Iterator[list[str]]:
    """A list of the files that are opened for writing in the block while the function runs, in order.

    Python keeps an audit hook until it ends: this is for a process that checks one strategy and ends.
    """
    code: CodeType = function.__code__
    written: list[str] = []
    watching = True

    def hear(event: str, values: tuple[object, ...]) -> None:
        if watching and event == "open" and _writes(*values[:3]) and _is_running(code):
            written.append(os.fsdecode(values[0]))  # type: ignore[arg-type]  # a path, as `_writes` makes sure

    sys.addaudithook(hear)
    try:
        yield written
    finally:
        watching = False


def keeps_nothing(written: list[str]) -> Finding | None:
    """A call writes no file."""
    if not written:
        return None
    message = f"the call writes {written[0]}; what a strategy reads back from a file no check can see"
    return Finding("keeps nothing for later calls", message)


def _writes(path: object, mode: object, flags: object) -> bool:
    if not isinstance(path, str | bytes) or CACHE in Path(os.fsdecode(path)).parts or os.fsdecode(path) == os.devnull:
        return False
    return bool(set(mode) & set("wax+")) if isinstance(mode, str) else bool(int(str(flags)) & WRITING)


def _is_running(code: CodeType) -> bool:
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code is code:
            return True
        frame = frame.f_back
    return False
