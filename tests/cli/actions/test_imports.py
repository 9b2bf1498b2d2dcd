"""Which columns an import asks for, and how a path is told from a history, by hand."""

import datetime
from pathlib import Path

import pytest

from backtester.cli.actions.datacheck import _is_path, finding_line, read_dialect
from backtester.cli.actions.imports import _wanted
from backtester.errors import DataError
from backtester.histories.checks.finding import Finding


@pytest.mark.parametrize(
    ("words", "column", "wanted"),
    [
        ("stocks", None, {"stocks": None}),
        ("stocks", "SPY", {"stocks": "SPY"}),
        ("stocks=", None, {"stocks": None}),
        ("stocks = SPY", None, {"stocks": "SPY"}),
        ("stocks=SPY, bonds = AGG", None, {"stocks": "SPY", "bonds": "AGG"}),
    ],
)
def test_columns_by_role(words: str, column: str | None, wanted: dict[str, str | None]) -> None:
    """One role may leave its column to the file, or to --column; several name theirs."""
    assert _wanted(words, column) == wanted


@pytest.mark.parametrize(
    ("words", "column", "message"),
    [
        ("stocks=A,stocks=B", None, "names a role twice; give each role one column"),
        ("stocks=A,bonds", None, "names no column for one of several roles"),
        ("stocks,bonds", "A", "names no column for one of several roles"),
        ("stocks=A", "B", "--column B beside --as stocks=A; leave one of the columns out"),
    ],
)
def test_columns_that_are_not_clear(words: str, column: str | None, message: str) -> None:
    """Two of a role, none of several, or one said twice."""
    with pytest.raises(DataError, match=message):
        _wanted(words, column)


def test_a_path_is_told_from_a_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a slash, the ending of a csv, dots alone, or since there is such a folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    words = ("a/b", "A.CSV", ".", "..", "folder", "file", "us", "a.csv.gz")
    assert [_is_path(word) for word in words] == [True] * 5 + [False] * 3


def test_a_finding_on_a_line() -> None:
    """With its dates where it has any, one where both are the same."""
    first, last = datetime.date(2024, 1, 2), datetime.date(2024, 1, 3)
    found = [Finding("note", "gaps", "us.gold", "one", *ends) for ends in ((None, None), (first, first), (first, last))]
    assert [finding_line(one) for one in found] == [
        "us.gold  gaps: one",
        "us.gold 2024-01-02  gaps: one",
        "us.gold 2024-01-02 to 2024-01-03  gaps: one",
    ]


def test_a_tab_is_said_in_a_word() -> None:
    """Every other sign stands for itself."""
    seps = [read_dialect({"date_format": None, "decimal": None, "sep": sep}).sep for sep in ("tab", ";", None)]
    assert seps == ["\t", ";", None]
