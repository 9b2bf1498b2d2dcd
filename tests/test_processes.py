"""Processes of our own."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from backtester import processes
from backtester.processes import (
    ENDED_WITH_0,
    ProcessEnded,
    interrupts_deferred,
    limit_memory,
    one_thread_each,
    shown_exit_code,
    start_call,
)

WRITES = """
import os
from backtester.processes import answered_calls, start_call

if __name__ == "__main__":
    call = start_call(os.write, 1, b"words")
    assert answered_calls([call]) == [call]
    print(call.answer())
"""


def test_nothing_that_a_worker_writes_is_an_answer(tmp_path: Path) -> None:
    """What it writes to the descriptor of standard output goes to standard error; what it returns is the answer."""
    (tmp_path / "writes.py").write_text(WRITES)
    done = subprocess.run([sys.executable, "writes.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("5\n", "words")


SLEEPS = """
import multiprocessing, time
from backtester.processes import kill_children

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    ours, other = (context.Process(target=time.sleep, args=(60,), name=name) for name in ("ours", "other"))
    ours.start(), other.start()
    kill_children("ours")
    ours.join(10)
    print(ours.exitcode, other.exitcode)
    other.kill()
"""


def test_children_of_a_name_are_killed(tmp_path: Path) -> None:
    """Even one that is still starting; others go on."""
    (tmp_path / "sleeps.py").write_text(SLEEPS)
    done = subprocess.run([sys.executable, "sleeps.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("-9 None\n", "")


TAKES = """
from backtester.processes import answered_calls, start_call


def takes(megabytes):
    from backtester.processes import limit_memory
    limit_memory(200)
    try:
        return len(bytearray(megabytes * 1_000_000))
    except MemoryError:
        return -1


if __name__ == "__main__":
    for megabytes in (100, 300):
        call = start_call(takes, megabytes)
        assert answered_calls([call]) == [call]
        print(call.answer())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process has no such limit")
def test_memory_is_limited_beyond_what_is_held(tmp_path: Path) -> None:
    """With 200 megabytes more, 100 are there to be had and 300 are not."""
    (tmp_path / "takes.py").write_text(TAKES)
    done = subprocess.run([sys.executable, "takes.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("100000000\n-1\n", "")


@pytest.mark.parametrize("status", [0, 3])
def test_a_worker_that_ends_itself_gives_no_answer(status: int) -> None:
    """os._exit, with 0 too, is no answer but the end, with the code that was given."""
    call = start_call(os._exit, status)
    answer = call.answer()
    assert isinstance(answer, ProcessEnded)
    assert answer.exit_code == status


@pytest.mark.skipif(sys.platform != "linux", reason="runs programs by their paths")
@pytest.mark.parametrize(("words", "code"), [(["true"], 0), (["sleep", "100"], -9)])
def test_a_worker_that_becomes_another_program_gives_no_answer(
    monkeypatch: pytest.MonkeyPatch, words: list[str], code: int
) -> None:
    """Nobody waits for that program, which is killed if it goes on."""
    monkeypatch.setattr(processes, "END_TIMEOUT", 0.1)
    answer = start_call(os.execv, f"/bin/{words[0]}", words).answer()
    assert isinstance(answer, ProcessEnded)
    assert answer.exit_code == code


def test_a_process_has_the_environment_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that was set, changed or removed since the process before is so in the next."""
    for value in ("first", "second"):
        monkeypatch.setenv("SEEN", value)
        assert start_call(os.getenv, "SEEN").answer() == value
    monkeypatch.delenv("PATH")  # whatever forks has it
    assert start_call(os.getenv, "PATH").answer() is None


def test_the_limit_is_that_beyond_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 7 KiB held and half a megabyte more it is 507,168 bytes, under the ceiling that there was."""
    resource = pytest.importorskip("resource")
    limits: list[object] = []
    monkeypatch.setattr(Path, "read_text", lambda path: "VmPeak:\t 9 kB\nVmData:\t 7 kB\nVmStk:\t 8 kB\n")
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (1, 2))
    monkeypatch.setattr(resource, "setrlimit", lambda *words: limits.append(words))
    limit_memory(0.5)
    assert limits == [(resource.RLIMIT_DATA, (507_168, 2))]


def test_exit_codes_are_shown_as_they_were() -> None:
    """That which stands for 0 is 0."""
    assert [shown_exit_code(code) for code in (ENDED_WITH_0, 1, -9)] == [0, 1, -9]


def test_one_thread_each_in_the_block_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that were set before are so again, others are gone."""
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with one_thread_each():
        assert (os.environ["OMP_NUM_THREADS"], os.environ["MKL_NUM_THREADS"]) == ("1", "1")
    assert (os.environ["OMP_NUM_THREADS"], "MKL_NUM_THREADS" in os.environ) == ("7", False)


def test_an_interrupt_amid_the_block_comes_at_its_end() -> None:
    """What is begun in the block is finished; without one nothing is raised; handlers are as they were."""
    seen: list[object] = []
    before = [(one, signal.getsignal(one)) for one in (signal.SIGINT, signal.SIGTERM)]

    def start() -> None:
        with interrupts_deferred():
            signal.raise_signal(signal.SIGINT)
            seen.append("finished")

    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with interrupts_deferred():
            seen.append(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
            seen.append(signal.getsignal(signal.SIGTERM))
        with pytest.raises(KeyboardInterrupt):
            start()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    finally:
        for number, handler in before:
            signal.signal(number, handler)
    assert seen == [False, signal.SIG_IGN, "finished"]


def test_a_thread_that_is_not_the_first_defers_nothing() -> None:
    """Only the first gets interrupts, and only it may set handlers."""
    seen: list[object] = []

    def run() -> None:
        before = signal.getsignal(signal.SIGINT)
        with interrupts_deferred():
            seen.append(signal.getsignal(signal.SIGINT) is before)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [True]
