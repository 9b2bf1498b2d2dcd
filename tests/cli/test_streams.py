"""Terminals, pipes and limits of every kind: a line each and the right status, and tables wherever they can be."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import click
import pytest

from backtester.cli.main import cli
from backtester.cli.streams import Command

BACKTESTER = Path(sys.executable).parent / "backtester"
LIST = f"{BACKTESTER} data list"
MISTAKE = f"{BACKTESTER} data show uss"
FULL = "No space left on device"


def shell(line: str, **settings: str) -> "subprocess.CompletedProcess[bytes]":
    """The line as a shell carries it out."""
    return subprocess.run(["bash", "-c", line], capture_output=True, check=False, env=os.environ | settings)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        (f"{LIST} >&-", 2, "Error: cannot write to standard output: Bad file descriptor; lead it elsewhere\n"),
        (f"{LIST} >/dev/full", 2, f"Error: cannot write to standard output: {FULL}; lead it elsewhere\n"),
        (f"{LIST} --json >/dev/full", 2, f"Error: cannot write to standard output: {FULL}; lead it elsewhere\n"),
        (f"{BACKTESTER} --help >/dev/full", 2, f"Error: cannot write to standard output: {FULL}; lead it elsewhere\n"),
        (f"{MISTAKE} 2>&-", 2, ""),
        (f"{MISTAKE} 2>/dev/full", 2, ""),
        (f"{LIST} <&- >/dev/null 2>&-", 0, ""),
        (f"{LIST} >/dev/null 2>/dev/full", 0, ""),
        (f"{LIST} >&- 2>&-", 2, ""),
        (f"{LIST} | true; exit ${{PIPESTATUS[0]}}", 0, ""),
    ],
)
def test_closed_and_full_streams(line: str, status: int, said: str, unbuffered: str) -> None:
    """What cannot be written to standard output is a line and status 2; standard error changes no status."""
    done = shell(line, PYTHONUNBUFFERED=unbuffered)
    assert (done.returncode, done.stderr.decode()) == (status, said)


def test_what_a_plugin_writes_at_exit_is_no_answer(tmp_path: Path) -> None:
    """A handler that prints when the command ends writes to standard error, below the one document."""
    (tmp_path / "late.py").write_text("import atexit\natexit.register(print, 'bye')\ndef weights(): ...\n")
    done = shell(f"{BACKTESTER} strategies show late --plugins {tmp_path} --json")
    assert (done.returncode, done.stderr) == (0, b"bye\n")
    assert json.loads(done.stdout)["name"] == "late"


LATE = """
import atexit, os, sys, threading
said = threading.Event()
def shout():
    while True:
        os.write(1, b"descriptor\\n")
        print("print", flush=True)
        print("kept", file=kept, flush=True)
        said.set()
kept = sys.__stdout__
threading.Thread(target=shout, daemon=True).start()
atexit.register(said.wait)
def weights(): ...
"""


def test_what_a_thread_of_a_plugin_writes_later_is_no_answer(tmp_path: Path) -> None:
    """A thread that goes on after its strategy was loaded writes to standard error, whichever way; status 0."""
    (tmp_path / "late.py").write_text(LATE)
    done = shell(f"{BACKTESTER} strategies show late --plugins {tmp_path} --json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["name"] == "late"
    assert {b"descriptor", b"print", b"kept"} <= set(done.stderr.split())


def commands(group: click.Group) -> list[click.Command]:
    """Every command below the group."""
    context, found = click.Context(group), list[click.Command]()
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found += commands(command) if isinstance(command, click.Group) else [command]
    return found


def test_every_command_keeps_its_answer_apart() -> None:
    """None is of a kind whose answer others could write into."""
    assert len(commands(cli)) >= 20
    assert all(isinstance(one, Command) for one in commands(cli))


def test_a_reader_that_has_gone_does_not_hide_a_verdict(tmp_path: Path) -> None:
    """A check that fails exits with 1 although nobody reads what it found."""
    (tmp_path / "bad.py").write_text("def weights(:\n")
    done = shell(f"{BACKTESTER} strategies check {tmp_path / 'bad.py'} | true; exit ${{PIPESTATUS[0]}}")
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("columns", ["0", "-3", "1", "wide", ""])
def test_columns_that_make_no_sense_lose_no_table(columns: str) -> None:
    """Every history is in the table, whatever COLUMNS says."""
    done = shell(LIST, COLUMNS=columns)
    assert done.returncode == 0
    assert b"4,879" in done.stdout


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437"])
def test_old_code_pages_get_plain_signs(encoding: str) -> None:
    """A minus sign and an ellipsis that a console lacks are written in ASCII, not as question marks."""
    code = (
        "import sys\nfrom backtester.cli.streams import open_streams\nopen_streams()\n"
        "print('−31.9 … 1–2 ✓')\nprint('−1', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=os.environ | {"PYTHONIOENCODING": encoding}
    )
    assert done.stdout.decode(encoding).replace("…", "...").replace("–", "-") == "-31.9 ... 1-2 ?\n"
    assert done.stderr == b"-1\n"


def test_utf_8_keeps_its_signs() -> None:
    """Where the console knows them the typographic signs stay."""
    code = "from backtester.cli.streams import open_streams\nopen_streams()\nprint('−31.9')"
    settings = os.environ | {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=settings)
    assert done.stdout.decode() == "−31.9\n"


@pytest.mark.parametrize(
    "words", ["run --out $'bad\\xff'", "run --plugins $'bad\\xff.py'", "data check $'x\\xff.csv'", "$'bad\\xff'"]
)
def test_names_that_are_no_text_are_refused(words: str, tmp_path: Path) -> None:
    """A path that cannot be written down in UTF-8 is refused before anything is done."""
    done = shell(f"cd {tmp_path} && {BACKTESTER} {words}")
    assert (done.returncode, done.stdout) == (2, b"")
    first = done.stderr.decode().splitlines()[0]
    assert re.fullmatch(r"Error: '\w+\\udcff[.a-z]*' is not UTF-8; give the file or folder another name", first)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="ulimit -v limits nothing elsewhere")
@pytest.mark.parametrize("limit", ["-v 150000", "-v 1400000", "-d 200000"])
def test_too_little_memory_is_a_line(limit: str, tmp_path: Path) -> None:
    """Where libraries cannot be loaded, or end or hang of themselves, that is said before they are."""
    done = shell(f"ulimit {limit}; cd {tmp_path} && {BACKTESTER} run")
    assert (done.returncode, done.stdout) == (2, b"")
    assert re.fullmatch(
        r"Error: out of memory: 'ulimit -[vd]' allows \d+ MB, and a command needs \d+; raise it\n", done.stderr.decode()
    )
    assert list(tmp_path.iterdir()) == []


STOPPED = """
import sys
class Stops:
    def find_spec(self, name, *_):
        if name == {name!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stops())
sys.argv = ["backtester", "data", "list"]
from backtester.__main__ import main
main()
"""


@pytest.mark.parametrize("name", ["click", "backtester.errors", "backtester.cli.data", "rich"])
def test_ctrl_c_while_the_command_is_loaded_is_a_line(name: str) -> None:
    """Whatever is being imported, of the command line itself or of a command."""
    words = [sys.executable, "-c", STOPPED.format(name=name)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "Error: stopped")


def workers_of(process: int) -> list[int]:
    """The processes that the command has spawned, or has had forked, and that are there."""
    found = children_of(process)
    forked = [one for fork in found if b"forkserver" in read(f"/proc/{fork}/cmdline") for one in children_of(fork)]
    return [one for one in found if b"spawn_main" in read(f"/proc/{one}/cmdline")] + forked


def children_of(process: int) -> list[int]:
    """The processes that a process and its threads have started and that are there."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def read(path: str) -> bytes:
    """What a file of a process says, nothing once the process is gone."""
    with contextlib.suppress(OSError):
        return Path(path).read_bytes()
    return b""


def blocks_interrupts(process: int) -> bool:
    """Whether Ctrl-C does not reach the process, or it is gone."""
    blocked = re.search(rb"SigBlk:\s*(\w+)", read(f"/proc/{process}/status"))
    return blocked is None or bool(int(blocked[1], 16) & 1 << signal.SIGINT - 1)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for children in /proc")
@pytest.mark.parametrize("command", ["batch", "check"])
def test_ctrl_c_while_workers_start_is_a_line(small: Path, tmp_path: Path, command: str) -> None:
    """The terminal sends Ctrl-C to the workers too, amid their imports; only the command answers, with 130."""
    (tmp_path / "s.toml").write_text(
        f'name = "s"\nhistory = "small"\ndata = "{small}"\n[[grid]]\nrecipe = "sixty_forty(stocks={{x}})"\n'
        "x = { from = 0.0, to = 1.0, step = 0.001 }\n"
    )
    words = {
        "batch": ["batch", "s.toml", "--workers", "3"],
        "check": ["strategies", "check", "--history", "small", "--data", str(small)],
    }
    process = subprocess.Popen(
        [str(BACKTESTER), *words[command]],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a shell's background ignores it
    )
    end = time.monotonic() + 60
    while len(workers := workers_of(process.pid)) < 2 and process.poll() is None and time.monotonic() < end:
        threading.Event().wait(0.02)
    assert all(map(blocks_interrupts, workers))
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.strip()) == (130, "", "Error: stopped")
