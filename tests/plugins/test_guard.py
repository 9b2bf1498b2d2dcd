"""What a plugin does to the process while its code runs, and what of it is left afterwards."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backtester.engine.targets import call_step, step_inputs
from backtester.errors import PluginError
from backtester.plugins import guard
from backtester.plugins.guard import plugin_code
from backtester.plugins.loader import load_library
from backtester.plugins.recipes import Step, parse_recipe
from builders import made_library, made_market, made_strategy

NOISY = """
import os, sys
def shout(word):
    print(word, "print")
    sys.__stdout__.write(word + " __stdout__\\n")
    os.write(1, (word + " descriptor\\n").encode())
    os.system("echo " + word + " shell")
"""
ANSWER = """
from builders import made_market, made_strategy
from backtester.engine.targets import call_step
from backtester.plugins.recipes import Step
print("before")
step = Step(made_strategy("noisy", {source!r}), {{}}, ())
call_step(step, {{}}, made_market({{"stocks": (1.0, 2.0)}}))
print("after")
"""


def test_what_a_plugin_writes_goes_to_standard_error() -> None:
    """Whichever way a plugin prints, while loading and when called, standard output has our own words alone."""
    source = NOISY + "shout('loading')\ndef weights():\n    shout('called')\n    return {'stocks': 1.0}\n"
    path = os.pathsep.join(["tests", os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", ANSWER.format(source=source)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent.parent,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert done.stdout == "before\nafter\n"
    ways = ("print", "__stdout__", "descriptor", "shell")
    assert sorted(done.stderr.splitlines()) == sorted(f"{word} {way}" for word in ("loading", "called") for way in ways)


@pytest.mark.parametrize("closed", [1, 2])
def test_a_closed_descriptor_stays_closed(closed: int) -> None:
    """Where standard output or standard error is closed a plugin runs all the same."""
    code = f"import os, sys\nos.close({closed})\nfrom backtester.plugins.guard import plugin_code\n"
    code += "with plugin_code():\n    done = 1\nsys.exit(7)\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (7, "", "")


def elsewhere(folder: Path) -> str:
    """A line that changes the working folder."""
    return f"__import__('os').chdir({str(folder)!r})"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, an empty one."""
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")
    return tmp_path / "home"


def loads(folder: Path) -> None:
    made_strategy("mover", f"{elsewhere(folder)}\ndef weights(): ...")


def fails_to_load(folder: Path) -> None:
    with pytest.raises(PluginError, match="ZeroDivisionError"):
        made_strategy("mover", f"{elsewhere(folder)}\n1 / 0")


def is_called(folder: Path) -> None:
    market = made_market({"stocks": (1.0, 2.0)})
    strategy = made_strategy("mover", f"def weights(stocks):\n    {elsewhere(folder)}\n    return {{'stocks': 1.0}}")
    call_step(Step(strategy, {}, ()), step_inputs(strategy, market, None, None), market)


def validates(folder: Path) -> None:
    source = f"""
from typing import Annotated
from pydantic import AfterValidator
def checked(value):
    {elsewhere(folder)}
    return value
def weights(*, size: Annotated[float, AfterValidator(checked)] = 0.5): ...
"""
    parse_recipe("mover(size=0.25)", made_library(mover=source))


@pytest.mark.parametrize("act", [loads, fails_to_load, is_called, validates])
def test_a_plugin_does_not_move_the_working_folder(act: Callable[[Path], None], home: Path, tmp_path: Path) -> None:
    """Wherever a plugin's code runs, relative paths mean afterwards what they meant before."""
    act(tmp_path)
    assert Path.cwd() == home


def test_folders_named_after_a_mover_are_still_found(home: Path, tmp_path: Path) -> None:
    """Of two relative paths the second is read from where it was, though the first changes the folder."""
    for name, first in (("a", elsewhere(tmp_path)), ("b", "pass")):
        (home / name).mkdir()
        (home / name / f"{name}_strategy.py").write_text(f"{first}\ndef weights(): ...\n")
    assert {"a_strategy", "b_strategy"} <= set(load_library([Path("a"), Path("b")], installed=False).strategies)


def test_a_folder_that_is_gone_is_the_plugins_fault(home: Path) -> None:
    """A plugin that removes the working folder is told so: no path of the command's is there any more."""
    gone = r"^the working folder .*home is gone: No such file or directory; a strat"
    with pytest.raises(PluginError, match=gone), plugin_code():
        home.rmdir()


def test_error_settings_of_numpy_are_put_back() -> None:
    """A plugin that has numpy raise where it would warn does so for itself alone."""
    before = np.geterr()
    with plugin_code():
        np.seterr(all="raise")
    assert np.geterr() == before


def test_a_plugin_does_not_end_the_process() -> None:
    """os._exit raises SystemExit, which is reported; kept for later, as for the end of the process, it does nothing."""
    with plugin_code():
        kept = os._exit
        with pytest.raises(SystemExit, match=r"^os\._exit\(0\)$"):
            kept(0)
        if (child := os.fork()) == 0:
            kept(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    kept(0)
    assert os._exit is not kept


def test_a_fork_does_not_go_on_after_the_block() -> None:
    """A process that a plugin forked ends where its code ends, and the run goes on once."""
    own = os.getpid()
    with plugin_code():
        child = os.fork()
    assert os.getpid() == own
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


@pytest.mark.parametrize("call", ["execv", "execl", "execve", "execvp", "execlpe"])
def test_a_plugin_does_not_become_another_program(call: str) -> None:
    """A function of os.exec raises SystemExit in the block; a process that the plugin made may become what it likes."""
    given: list[object] = ["/bin/true", "true"] if "l" in call else ["/bin/true", ["true"]]
    given += [{}] if call.endswith("e") else []
    with plugin_code():
        with pytest.raises(SystemExit, match=r"^os\.execve?\('/bin/true'\)$"):
            getattr(os, call)(*given)
        if (child := os.fork()) == 0:
            getattr(os, call)(*given)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_rights_of_new_files_are_put_back() -> None:
    """A plugin that lets nobody read new files (umask) does not make the results such."""
    before = os.umask(0o027)
    try:
        with plugin_code():
            os.umask(0o777)
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)


@pytest.mark.parametrize("descriptor", [1, 2])
def test_a_descriptor_that_a_plugin_closes_is_put_back(descriptor: int, tmp_path: Path) -> None:
    """What is written there afterwards arrives where it would have without the plugin."""
    with (tmp_path / "there").open("w+") as there:
        mine = os.dup(descriptor)
        os.dup2(there.fileno(), descriptor)
        try:
            with plugin_code():
                os.close(descriptor)
            os.write(descriptor, b"still here")
        finally:
            os.dup2(mine, descriptor)
            os.close(mine)
        assert (tmp_path / "there").read_text() == "still here"


def test_a_plugin_that_closes_all_descriptors_is_told(tmp_path: Path) -> None:
    """Where the answer's own is closed too it cannot be written, which is a line; nothing is a traceback."""
    (tmp_path / "closer.py").write_text("import os\nos.closerange(3, 100)\ndef weights(): ...\n")
    words = [str(Path(sys.executable).parent / "backtester"), "strategies", "show", "closer", "--plugins", "closer.py"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    said = "Error: cannot write to standard output: Bad file descriptor; lead it elsewhere\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.parametrize(
    ("call", "code"),
    [(lambda: os._exit(3), 3), (lambda: os.execv("x", []), 0), (lambda: os.execve("x", [], {}), 0)],
)
def test_a_worker_ends_with_the_code_that_is_asked_for(
    call: Callable[[], object], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its parent notices; who becomes another program has ended well."""
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(guard.multiprocessing, "parent_process", lambda: "the parent")
    with guard._process_kept(), pytest.raises(SystemExit):
        call()
    assert ended == [code]
