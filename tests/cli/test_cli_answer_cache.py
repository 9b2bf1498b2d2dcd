"""What commands answer about files is remembered, and asked for again once anything has changed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn, cast

import pytest
from click.testing import CliRunner

from backtester.cli import answer_cache
from backtester.cli.actions import history_documents
from backtester.cli.actions.history_documents import _known, history_document, history_summaries
from backtester.cli.main import cli
from backtester.errors import DataError, PluginError
from backtester.files import sha256
from backtester.histories.series import Quoted
from backtester.places import cache_folder
from backtester.plugins import loader
from folders import FILE, listed, made_folder, weekdays

LIGHT = """
import sys
from backtester.cli.main import cli
from backtester.files import sha256
cli.main(sys.argv[1:], standalone_mode=False)
print(sorted({"pandas", "numba", "numpy", "pyarrow", "pydantic"} & set(sys.modules)), file=sys.stderr)
"""
COMMANDS = ["strategies list", "strategies show gold_overlay", "data list", "data show us"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered when a test begins, and tables are as wide in every process."""
    monkeypatch.setenv("BACKTESTER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "120")


def answer(*words: str | Path) -> tuple[str, str]:
    """What a command answers on stdout and stderr."""
    done = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout, done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_second_answer_is_the_first_and_needs_no_pandas(command: str) -> None:
    """The same text to the letter, as tables and as JSON, from a process that imports none of the large libraries."""
    for words in (command.split(), [*command.split(), "--json"]):
        first, _ = answer(*words)
        done = subprocess.run([sys.executable, "-c", LIGHT, *words], capture_output=True, text=True, check=True)
        assert done.stdout == first
        assert done.stderr == "[]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with the history `made`."""
    made_folder(tmp_path / "data", {"date": weekdays("2024-01-01", 12), "stocks": [100.0 + n for n in range(12)]})
    return tmp_path / "data"


@pytest.mark.parametrize("words", [["data", "list"], ["data", "show", "made"]], ids=" ".join)
def test_change_of_a_manifest_is_seen(folder: Path, words: list[str]) -> None:
    """A title that was changed is the one that is shown."""
    assert "Renamed" not in answer(*words, "--data", folder)[0]
    manifest = folder / "manifest.toml"
    manifest.write_text(manifest.read_text().replace("Made", "Renamed"))
    assert "Renamed" in answer(*words, "--data", folder)[0]


def test_what_histories_are_made_of(folder: Path, tmp_path: Path) -> None:
    """The manifest's bytes and those of the files that it names; nothing can be said where one of them is not there."""
    manifest, figures = folder / "manifest.toml", folder / FILE
    hashes = [sha256(path.read_bytes()) for path in (manifest, figures)]
    assert answer_cache.histories_fingerprint(folder) == [str(folder), hashes[0], [[str(figures.resolve()), hashes[1]]]]
    assert answer_cache.histories_fingerprint(None) == []
    assert answer_cache.histories_fingerprint(tmp_path) is None
    manifest.write_text("[")
    assert answer_cache.histories_fingerprint(folder) is None


def test_damage_to_a_figures_file_is_seen(folder: Path) -> None:
    """A file that is no longer the one the manifest vouches for is refused, though size and times are as they were."""
    path = folder / FILE
    was, content = path.stat(), path.read_bytes()
    assert answer("data", "list", "--data", folder)[1] == ""
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert "made cannot be used" in answer("data", "list", "--data", folder)[1]


def test_strategies_of_the_readers_own_are_loaded_each_time(tmp_path: Path) -> None:
    """A plugin, which may be made of more than its file, is not remembered, and neither is what lies beside it."""
    (tmp_path / "said.txt").write_text("one thing")
    plugin = tmp_path / "mine.py"
    plugin.write_text(
        f"from pathlib import Path\n__doc__ = Path({str(tmp_path / 'said.txt')!r}).read_text()\n"
        "def weights(stocks):\n    return {'stocks': 1.0}\n"
    )
    assert "one thing" in answer("strategies", "list", "--plugins", plugin)[0]
    (tmp_path / "said.txt").write_text("another")
    assert "another" in answer("strategies", "list", "--plugins", plugin)[0]
    assert "another" in answer("strategies", "show", "mine", "--plugins", plugin)[0]


def test_change_of_our_own_code_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With other code, or another pandas, an answer is made again; with the same it is not."""
    answers, own = iter(range(5)), tmp_path / "own"
    own.mkdir()

    def ask() -> object:
        return answer_cache.cached_answer(["a"], list, lambda: next(answers))

    assert [ask(), ask()] == [0, 0]
    monkeypatch.setattr(answer_cache, "bundled", lambda _: own)
    assert [ask(), ask()] == [1, 1]
    (own / "new.py").touch()
    assert [ask(), ask()] == [2, 2]
    monkeypatch.setattr("importlib.metadata.version", lambda _: "9")
    assert ask() == 3


def test_what_changes_meanwhile_is_not_kept() -> None:
    """An answer is kept only if what it was made of is the same before and after."""
    bases, answers = iter("abcc"), iter(range(5))
    asked = [answer_cache.cached_answer(["a"], lambda: next(bases), lambda: next(answers)) for _ in range(2)]
    assert asked == [0, 1]


def test_an_answer_that_lacks_something_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A history or strategy that could not be read once is read the next time, though no file changed."""
    sound = [answer("data", "list", "--json"), answer("strategies", "list", "--json")]
    shutil.rmtree(cache_folder("answers"))

    def fail(*_: object, **__: object) -> NoReturn:
        raise DataError("no luck")

    with monkeypatch.context() as patched:
        patched.setattr(history_documents, "build_market", fail)
        assert json.loads(answer("data", "list", "--json")[0])[0]["error"] == "no luck"
    with monkeypatch.context() as patched:
        patched.setattr(loader, "_read", lambda *_: fail_to_load())
        assert "no luck" in answer("strategies", "list", "--json")[1]
    assert [answer("data", "list", "--json"), answer("strategies", "list", "--json")] == sound


def fail_to_load() -> NoReturn:
    raise PluginError("no luck")


def test_damaged_memory_is_no_memory(tmp_path: Path) -> None:
    """Whatever the file of an answer holds, the answer is the right one, and is kept again if it can be."""
    for damage in (b"", b"[]", b"{}", b'{"key": 1}', b"\xff"):
        first = answer("data", "list")
        (kept,) = (tmp_path / "cache" / "answers").iterdir()
        kept.write_bytes(damage)
        assert answer("data", "list") == first
        assert json.loads(kept.read_bytes())["answer"]
    kept.unlink()
    kept.mkdir()
    assert answer("data", "list") == first


def test_a_history_begins_and_ends_with_its_sessions(tmp_path: Path) -> None:
    """In the list and by itself; each of its series with the values that it has."""
    dates = weekdays("2024-01-01", 30)
    columns = {"date": dates, "stocks": [100.0 + at for at in range(30)], "vix": [None, None, *[15.0] * 26, None, None]}
    series = {"stocks": listed("total_return", "stocks"), "vix": listed("level", "vix", lag_sessions=1)}
    folder = made_folder(tmp_path, columns, series)
    row = next(one for one in history_summaries(folder) if one["name"] == "made")
    found = history_document("made", folder)
    assert row == {name: found[name] for name in found if name != "series"} | {"error": None, "series": 2}
    assert (row["first"], row["last"], row["sessions"]) == ("2024-01-01", "2024-02-09", 30)
    stocks, vix = found["series"]
    assert (stocks["first"], stocks["last"], stocks["known"]) == ("2024-01-01", "2024-02-09", "")
    assert (vix["first"], vix["last"], vix["known"]) == ("2024-01-03", "2024-02-07", "1 session later")


@pytest.mark.parametrize(
    ("times", "lag", "words"),
    [
        ((), 0, "same close"), (("a",), 1, "1 session later"), ((), 2, "2 sessions later"),
        (("a", "b"), 1, "once published"),
    ],
)  # fmt: skip
def test_when_a_value_can_be_used(times: tuple[str, ...], lag: int, words: str) -> None:
    """At the close of its date, sessions later, or when it was published if that has times of its own."""
    assert _known(cast(Quoted, SimpleNamespace(time_columns=times, lag_sessions=lag))) == words
