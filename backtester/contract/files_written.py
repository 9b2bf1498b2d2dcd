"""The files that a strategy writes when it is called: from them later calls and runs could know the future.

Audit events of Python show files that are opened, created or removed, databases of sqlite3, and processes and
connections, which may store anything. Writes of libraries that bypass Python, such as pyarrow, are refused by a limit
of the system, which sends a signal; Windows has no such limit.
"""

import os
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType, FrameType

from backtester.contract.rules import BrokenRule

WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
WRITING_EVENTS = (  # audit events of changes to files
    "os.chmod",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.removexattr",
    "os.rename",
    "os.rmdir",
    "os.setxattr",
    "os.symlink",
    "os.truncate",
    "os.utime",
    "sqlite3.connect",
)
OTHERS = {  # audit events of things that may store data elsewhere
    "os.exec": "a program",
    "os.fork": "a process",
    "os.forkpty": "a process",
    "os.posix_spawn": "a process",
    "os.system": "a process",
    "resource.prlimit": "a process",
    "socket.connect": "a connection",
    "socket.sendmsg": "a connection",
    "socket.sendto": "a connection",
    "subprocess.Popen": "a process",
}
NOWHERE = (os.devnull, ":memory:", "")  # the last two are databases of sqlite3 that end with their connection
END = b"\0end of what is printed\0"
CACHE = "__pycache__"  # written by Python where the strategy imports a module for the first time


@contextmanager
def files_written(function: Callable[..., object]) -> Iterator[list[str]]:
    """A list that is filled with what the function writes in the block: names of files, "a process" and the like.

    Python cannot remove an audit hook, so this is for a process that checks one strategy and ends.
    """
    code: CodeType = function.__code__
    written: list[str] = []
    watching = True

    def note_event(event: str, values: tuple[object, ...]) -> None:
        if watching and (what := _written(event, values)) and _is_running(code):
            written.append(what)

    sys.addaudithook(note_event)
    try:
        with _no_file_grows(lambda: written.append("a file")):
            yield written
    finally:
        watching = False


@contextmanager
def _no_file_grows(on_write: Callable[[], None]) -> Iterator[None]:
    """Have the system refuse all writes to files in the block, and call `on_write` at each; not on Windows.

    Output that is printed in the block goes to standard error at its end, since that may be a file, too.
    """
    if sys.platform == "win32":
        yield
        return
    import resource  # there is none on Windows

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, lambda number, frame: on_write())
    with _printed_later():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)


@contextmanager
def _printed_later() -> Iterator[None]:
    """Collect the output of the block, if standard error is a file, and write it there at the end."""
    if not stat.S_ISREG(os.fstat(2).st_mode):
        yield
        return
    reader, writer = os.pipe()
    kept, printed = {number: os.dup(number) for number in (1, 2)}, bytearray()

    def read() -> None:
        while not printed.endswith(END):  # the pipe may have another end, in a process that goes on
            printed.extend(os.read(reader, 65536))

    thread = threading.Thread(target=read)
    thread.start()
    for number in kept:
        os.dup2(writer, number)
    try:
        yield
    finally:
        for number, before in kept.items():
            os.dup2(before, number)
            os.close(before)
        os.write(writer, END)
        thread.join()
        for end in (reader, writer):
            os.close(end)
        with suppress(OSError):
            os.write(2, printed.removesuffix(END))


def keeps_nothing(written: list[str]) -> BrokenRule | None:
    """The rule that a call writes no file, and starts nothing that could store data."""
    if not written:
        return None
    does = f"starts {written[0]}" if written[0] in OTHERS.values() else f"writes {written[0]}"
    message = f"the call {does}; what a strategy reads back from there no check can see"
    return BrokenRule("keeps nothing for later calls", message)


def _written(event: str, values: tuple[object, ...]) -> str | None:
    """The file that an audit event writes, or what it starts; None if neither."""
    if event in OTHERS:
        return OTHERS[event]
    if event != "open" and event not in WRITING_EVENTS:
        return None
    path = values[1] if event in ("os.link", "os.rename", "os.symlink") else values[0]
    if not isinstance(path, str | bytes | os.PathLike):
        return None
    name = os.fsdecode(path)
    if CACHE in Path(name).parts or name in NOWHERE:
        return None
    return name if event in WRITING_EVENTS or _is_writing(*values[1:3]) else None


def _is_writing(mode: object, flags: object) -> bool:
    return bool(set(mode) & set("wax+")) if isinstance(mode, str) else bool(int(str(flags)) & WRITING)


def _is_running(code: CodeType) -> bool:
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code is code:
            return True
        frame = frame.f_back
    return False
