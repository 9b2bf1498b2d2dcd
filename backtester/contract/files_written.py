"""Detection of files that a strategy writes when it is called: from them a later call could know the future.

Python's audit events report files that are opened, created or removed, databases of sqlite3, and processes and
connections, which may store anything elsewhere. Writes of libraries that bypass Python, such as pyarrow, meet a limit
of the operating system on the size of files, and cause a signal; Windows has no such limit.
"""

import io
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

WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
WRITE_EVENTS = (  # audit events of changes to files
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
START_EVENTS = {  # audit events of things that are started and may store data elsewhere
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
NOT_STORED = (os.devnull, ":memory:", "")  # the last two are databases of sqlite3 that end with their connection
END_MARK = b"\0end of what is printed\0"
BYTECODE_FOLDER = "__pycache__"  # written by Python when the strategy imports a module for the first time


@contextmanager
def files_written(function: Callable[..., object]) -> Iterator[list[str]]:
    """A list to which everything that `function`, and what it calls, writes or starts in the block is added.

    Entries are names of files, "a file" if the name is not known, "a process", "a program" or "a connection". Python
    cannot remove an audit hook, so this is for a process that checks one strategy and ends.
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

    If standard error is a file, what is printed in the block is written there at its end.
    """
    if sys.platform == "win32":
        yield
        return
    import resource  # not available on Windows

    limits_before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler_before = signal.signal(signal.SIGXFSZ, lambda number, frame: on_write())
    with _printed_later():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits_before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits_before)
            signal.signal(signal.SIGXFSZ, handler_before)


@contextmanager
def _printed_later() -> Iterator[None]:
    """If standard error is a file, collect what is printed in the block, and write it there at the end."""
    if not stat.S_ISREG(os.fstat(2).st_mode):
        yield
        return
    reader, writer = os.pipe()
    copies, printed = {descriptor: os.dup(descriptor) for descriptor in (1, 2)}, bytearray()  # of stdout and stderr

    def read() -> None:
        while not printed.endswith(END_MARK):  # a process that goes on may keep the pipe open, so it has no other end
            printed.extend(os.read(reader, io.DEFAULT_BUFFER_SIZE))

    thread = threading.Thread(target=read)
    thread.start()
    for descriptor in copies:
        os.dup2(writer, descriptor)
    try:
        yield
    finally:
        for descriptor, copy in copies.items():
            os.dup2(copy, descriptor)
            os.close(copy)
        os.write(writer, END_MARK)
        thread.join()
        for pipe_end in (reader, writer):
            os.close(pipe_end)
        with suppress(OSError):
            os.write(2, printed.removesuffix(END_MARK))


def keeps_nothing(written: list[str]) -> BrokenRule | None:
    """The rule that a call writes no file, and starts nothing that could store data."""
    if not written:
        return None
    action = f"starts {written[0]}" if written[0] in START_EVENTS.values() else f"writes {written[0]}"
    message = f"the call {action}; what a strategy reads back from there no check can see"
    return BrokenRule("keeps nothing for later calls", message)


def _written(event: str, values: tuple[object, ...]) -> str | None:
    """The file that an audit event writes, or what it starts; None if neither."""
    if event in START_EVENTS:
        return START_EVENTS[event]
    if event != "open" and event not in WRITE_EVENTS:
        return None
    path = values[1] if event in ("os.link", "os.rename", "os.symlink") else values[0]
    if not isinstance(path, str | bytes | os.PathLike):
        return None
    name = os.fsdecode(path)
    if BYTECODE_FOLDER in Path(name).parts or name in NOT_STORED:
        return None
    return name if event in WRITE_EVENTS or _is_writing(*values[1:3]) else None


def _is_writing(mode: object, flags: object) -> bool:
    """Whether a file is opened for writing: by the mode of `open` or, from `os.open`, by the flags."""
    return bool(set(mode) & set("wax+")) if isinstance(mode, str) else bool(int(str(flags)) & WRITE_FLAGS)


def _is_running(code: CodeType) -> bool:
    """Whether the function with that code is on the stack of this thread."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code is code:
            return True
        frame = frame.f_back
    return False
