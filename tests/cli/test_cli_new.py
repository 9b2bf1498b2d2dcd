"""`strategies new`: what it writes keeps the contract, and it writes over nothing."""

import errno
import os
import tomllib
from pathlib import Path

import pytest

from mistakes import called, refusal


def test_what_it_writes_passes_the_check(tmp_path: Path, small: Path) -> None:
    """A strategy and an overlay, as written, keep every rule; names take the one spelling."""
    for words in (("Calm-Stocks",), ("less", "--overlay")):
        status, out, _ = called(tmp_path, "strategies", "new", *words, "--folder", "mine")
        assert status == 0
        assert "fill in its docstring" in out
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["calm_stocks.py", "less.py"]
    status, out, err = called(tmp_path, "strategies", "check", "mine", "--history", "small", "--data", str(small))
    assert (status, out.count("pass ")) == (0, 2), out + err


def test_the_words_that_come_next_are_said(tmp_path: Path) -> None:
    """The commands that check and run it, an overlay on 60/40."""
    said = called(tmp_path, "strategies", "new", "less", "--overlay")[1].splitlines()
    assert said == [
        "Wrote less.py; fill in its docstring, then",
        "  backtester strategies check less.py",
        "  backtester run 'sixty_forty + less' --plugins less.py",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("2020", "'2020' is no name for a strategy; take letters, digits and _, a letter first"),
        ("../up", "'../up' is no name for a strategy; take letters, digits and _, a letter first"),
        ("prüfung", "'prüfung' is no name for a strategy; take letters, digits and _, a letter first"),
        ("Fed-Put", "there is a strategy 'fed_put' already; take another name"),
        ("mine", "mine.py is there already; take another name, or remove it"),
    ],
)
def test_names_that_do_not_do(tmp_path: Path, name: str, said: str) -> None:
    """What no recipe could name, what a built-in is named, and a file that is there."""
    (tmp_path / "mine.py").write_text("precious\n")
    assert refusal(tmp_path, "strategies", "new", name) == [said]


def test_a_distribution_to_start_from(tmp_path: Path) -> None:
    """A project of the folder's name whose entry point is the strategy's module, in a new or empty folder only."""
    (tmp_path / "acme-hedges").mkdir()
    assert called(tmp_path, "strategies", "new", "calm", "--distribution", "acme-hedges")[0] == 0
    project = tomllib.loads((tmp_path / "acme-hedges" / "pyproject.toml").read_text())["project"]
    assert project["name"] == "acme-hedges"
    assert project["entry-points"]["backtester.strategies"] == {"calm": "acme_hedges.calm"}
    assert "def weights(" in (tmp_path / "acme-hedges" / "acme_hedges" / "calm.py").read_text()
    assert refusal(tmp_path, "strategies", "new", "calm", "--distribution", "acme-hedges") == [
        "acme-hedges is there already; take another name, or remove it"
    ]
    assert refusal(tmp_path, "strategies", "new", "calm", "--distribution", "1st") == [
        "'1st' is no name for a distribution; take letters, digits, - and _, a letter first"
    ]


def test_a_distribution_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that names the file by its final place; nothing is left."""

    def full(path: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert refusal(tmp_path, "strategies", "new", "less", "--distribution", "mine")[0].startswith("cannot write mine/")
