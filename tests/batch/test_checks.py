"""`strategies check` in processes of its own: strategies that end theirs, and strategies that remember the future."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backtester.batch.checks import forked
from backtester.cli.main import cli

BACKTESTER = Path(sys.executable).parent / "backtester"
HEADER = (
    '"""Made for a test.\n\nHypothesis: a.\nFails when: b.\nSource: c.\n"""\nimport atexit, os\nimport pandas as pd\n'
)
HONEST = "    return {'stocks': 0.6}\n"
AHEAD = "    return {'stocks': (seen.shift(-1) > seen).reindex(stocks.index) * 1.0}\n"
# Each remembers the first series that it is called with, in a place that outlives the module.
REMEMBERED = {
    "in_environment": (
        "    if 'SEEN' not in os.environ:\n        os.environ['SEEN'] = ' '.join(map(repr, stocks.tolist()))\n"
        "    values = [float(word) for word in os.environ['SEEN'].split()]\n"
        "    values = (values + [0.0] * len(stocks))[: len(stocks)]\n    seen = pd.Series(values, stocks.index)\n"
    ),
    "on_a_class": (
        "    if not hasattr(pd.Series, 'seen_by_us'):\n        pd.Series.seen_by_us = [stocks.copy()]\n"
        "    seen = pd.Series.seen_by_us[0]\n"
    ),
}

# Each answers what it finds of an answer on the whole history, told by its two weights, and else looks ahead.
SOUGHT = {
    "in_frames": (
        "    frame = sys._getframe()\n    while frame is not None:\n"
        "        for value in list(frame.f_locals.values()):\n"
        "            of = (value, getattr(value, 'raw', None), *(value if isinstance(value, tuple) else ()))\n"
        "            for one in of:\n                if is_answer(one, stocks):\n"
        "                    return {'stocks': one['stocks'].iloc[: len(stocks)]}\n        frame = frame.f_back\n"
    ),
    "among_objects": (
        "    for one in gc.get_objects():\n        if is_answer(one, stocks):\n"
        "            return {'stocks': one['stocks'].iloc[: len(stocks)]}\n"
    ),
}
IS_ANSWER = (
    "import gc, sys\ndef is_answer(one, stocks):\n"
    "    if not isinstance(one, pd.DataFrame) or 'stocks' not in one or len(one) < len(stocks):\n"
    "        return False\n    return set(one['stocks'].unique()) == {0.25, 0.75}\n"
)
BETWEEN = "    return {'stocks': (stocks.shift(-1) > stocks) * 0.5 + 0.25}\n"


def words(folder: Path, small: Path, **sources: str) -> list[str]:
    """The words of `strategies check` on the sources."""
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(HEADER + source)
    files = [str(folder / f"{name}.py") for name in sources]
    return ["strategies", "check", *files, "--history", "small", "--data", str(small), "--json"]


def checked(folder: Path, small: Path, **sources: str) -> tuple[int, dict[str, Any]]:
    """The status and the documents by name; the strategies are checked in processes of their own, as always."""
    done = CliRunner().invoke(cli, words(folder, small, **sources), catch_exceptions=False)
    return done.exit_code, {one["name"]: one for one in json.loads(done.stdout)}


def test_a_strategy_that_ends_its_process_never_passes(
    small: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """os._exit(0) at import or in a call is a broken rule, and status 1, and so is an interrupt of its own; one at exit
    changes no verdict. None prints a traceback."""
    status, found = checked(
        tmp_path,
        small,
        at_import="os._exit(0)\ndef weights():\n" + HONEST,
        in_a_call="def weights(stocks):\n    os._exit(0)\n",
        on_a_cut="def weights(stocks):\n    if len(stocks) < 400:\n        os._exit(0)\n" + HONEST,
        interrupted="def weights(stocks):\n    raise KeyboardInterrupt\n",
        at_exit="atexit.register(os._exit, 0)\ndef weights():\n" + HONEST,
    )
    assert status == 1
    ended = "breaks 'leaves the process alone': its process ended with exit code 0 before it answered"
    for name in ("at_import", "in_a_call", "on_a_cut"):
        assert (found[name]["passed"], found[name]["findings"]) == (False, [ended]), name
    assert found["interrupted"]["findings"] == [ended.replace("code 0", "code 130")]
    assert found["at_exit"]["passed"]
    assert "Traceback" not in capfd.readouterr().err


def test_what_is_printed_at_exit_does_not_spoil_the_document(small: Path, tmp_path: Path) -> None:
    """A handler that prints when the process ends, and a failing verdict, leave one document on stdout and status 1."""
    source = "atexit.register(print, 'bye')\natexit.register(os._exit, 0)\n"
    source += "def weights(stocks):\n    return {'stocks': (stocks.shift(-1) > stocks) * 1.0}\n"
    command = [str(BACKTESTER), *words(tmp_path, small, cheat=source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # its real standard output counts
    [found] = json.loads(done.stdout)
    assert (done.returncode, found["passed"]) == (1, False)


def test_what_is_remembered_beyond_the_module_is_found(small: Path, tmp_path: Path) -> None:
    """The future kept in the environment, or on a class of pandas, is not there in the process that sees cuts alone."""
    sources = {name: f"def weights(stocks):\n{body}{AHEAD}" for name, body in REMEMBERED.items()}
    status, found = checked(tmp_path, small, **sources)
    assert status == 1
    for name in REMEMBERED:
        assert [one[:28] for one in found[name]["findings"]] == ["breaks 'knows only the past'"], name


def test_the_answer_on_the_whole_history_is_nowhere_to_be_found(small: Path, tmp_path: Path) -> None:
    """One that looks for it in the frames below its own, or among all objects, is found to look ahead."""
    sources = {name: f"{IS_ANSWER}def weights(stocks):\n{body}{BETWEEN}" for name, body in SOUGHT.items()}
    status, found = checked(tmp_path, small, **sources)
    assert status == 1
    for name in SOUGHT:
        assert [one[:28] for one in found[name]["findings"]] == ["breaks 'knows only the past'"], name


def test_what_it_says_of_when_it_acts_is_asked_of_cuts_too(small: Path, tmp_path: Path) -> None:
    """A `state` that looks ahead breaks the rule though the weights do not."""
    says = "def state(stocks):\n    return stocks.shift(-1) > stocks\ndef weights(stocks):\n"
    status, found = checked(tmp_path, small, says=says + HONEST)
    assert status == 1
    assert found["says"]["findings"][0].startswith("breaks 'knows only the past': state on 20")


def test_a_file_written_in_a_call_is_found(small: Path, tmp_path: Path) -> None:
    """A file outlives every process, so that writing one in a call breaks a rule by itself; at import it does not."""
    kept = tmp_path / "kept.txt"
    writes = (
        f"def weights(stocks):\n    if not os.path.exists({str(kept)!r}):\n"
        f"        stocks.to_csv({str(kept)!r})\n    return {{'stocks': 0.5}}\n"
    )
    loads = f"open({str(tmp_path / 'log.txt')!r}, 'w').write('loaded')\ndef weights(stocks):\n{HONEST}"
    status, found = checked(tmp_path, small, writes=writes, loads=loads)
    assert status == 1
    refused, finding = found["writes"]["findings"]
    assert "File too large" in refused
    assert finding == (
        f"breaks 'keeps nothing for later calls': the call writes {kept}; what a strategy reads back from there no "
        "check can see"
    )
    assert found["loads"]["passed"]


def test_a_strategy_that_needs_a_year_passes_with_a_warning(small: Path, tmp_path: Path) -> None:
    """One that raises below 252 rows has not looked ahead: it is a warning, and status 0."""
    body = "    if len(stocks) < 252:\n        raise ValueError('too short')\n    return {'stocks': 0.6}\n"
    status, found = checked(tmp_path, small, needy=f"def weights(stocks):\n{body}")
    assert (status, found["needy"]["passed"], found["needy"]["findings"]) == (0, True, [])
    [warning] = found["needy"]["warnings"]
    assert warning.startswith("warning on 'copes with a short history': fails on the first ")
    assert warning.endswith("ValueError: too short")


@pytest.mark.parametrize("name", ["sixtyforty", "vol_target(target=9)"])
def test_a_mistake_is_no_verdict(small: Path, name: str) -> None:
    """A name or a setting that is not understood is the user's mistake: status 2 and nothing on stdout."""
    command = [str(BACKTESTER), "strategies", "check", name, "--history", "small", "--data", str(small), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) <= 2


def test_a_fork_amid_the_block_does_not_end_it() -> None:
    """One that is made in the block, as by a plugin, leaves it without an error, and the block's own process lives."""
    child = -1
    try:
        with forked(lambda pipe: pipe.send(pipe.recv())) as pipe:
            child = os.fork()
            if child:
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
                pipe.send("alive")
                assert pipe.recv() == "alive"
    finally:
        if child == 0:
            os._exit(1 if sys.exc_info()[0] else 0)
