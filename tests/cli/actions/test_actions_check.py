"""Which strategies `strategies check` checks, and what it prints of a verdict, by hand."""

from pathlib import Path

import pytest

from backtester.batch.checks import CheckOutcome
from backtester.cli.actions import check
from backtester.contract.rules import BrokenRule
from backtester.errors import PluginError

BROKEN, WARNED = BrokenRule("adds up", "to 2"), BrokenRule("copes", "not", warning=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of strategies, one of none, and a run's folder with the name of a strategy."""
    monkeypatch.chdir(tmp_path)
    for name in ("mine/b.py", "mine/a.py", "mine/_shared.py", "mine/words.txt", "gold/run.json", "none/_only.py"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "is_path"),
    [("a.py", True), ("there/a", True), ("mine", True), ("gold", False), ("hold(size=0.1)", False), ("nowhere", False)],
)
def test_what_is_a_path(name: str, is_path: bool, folder: Path) -> None:
    """A file, whatever has a slash, or a folder with strategies in it."""
    assert check._is_path(name) is is_path


def test_names_of_files_and_folders(folder: Path) -> None:
    """A file's own, those of a folder in order without what begins with an underscore, and others as they are."""
    assert check._names(("gold", "mine", "x/c.py")) == ["gold", "a", "b", "c"]
    assert check._names(()) == []
    with pytest.raises(PluginError, match="no strategy in the folder none"):
        check._names(("none",))


@pytest.mark.parametrize(
    ("outcome", "lines", "passed"),
    [
        (CheckOutcome("a", (), 48), ["pass  a  (48 cuts)"], True),
        (CheckOutcome("a", (WARNED,), 48), ["pass  a  (48 cuts)", "      warning on 'copes': not"], True),
        (CheckOutcome("a", (BROKEN,)), ["FAIL  a", "      breaks 'adds up': to 2"], False),
    ],
)
def test_a_verdict(outcome: CheckOutcome, lines: list[str], passed: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """In a line with its cuts, if any were made, and each finding below; warnings stand apart in JSON."""
    check._print(outcome)
    assert capsys.readouterr().out.splitlines() == lines
    found = check._document(outcome)
    assert (found["passed"], found["cuts"]) == (passed, outcome.cuts)
    broken, warned = ([str(one) for one in outcome.findings if one.warning is kind] for kind in (False, True))
    assert (found["findings"], found["warnings"]) == (broken, warned)
