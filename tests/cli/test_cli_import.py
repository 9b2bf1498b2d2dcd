"""`data import` at the terminal: what it takes, what it says and warns of, and what comes next."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtester.cli.actions.imports import _wanted
from backtester.errors import DataError
from mistakes import called, refusal
from two_files import BLUEPRINT, RATE, STOCKS


def test_what_a_check_warns_of_is_said_at_once(tmp_path: Path) -> None:
    """Daily returns given as prices: imported as asked for, with one warning."""
    returns = pd.Series(np.random.default_rng(1).normal(0, 0.01, 1000), pd.bdate_range("2015-01-01", periods=1000))
    (1 + returns).rename("x").rename_axis("date").to_csv(tmp_path / "file.csv")
    words = ("data", "import", "file.csv", "--data", "data", "--as", "stocks", "--kind", "total_return")
    status, out, err = called(tmp_path, *words)
    assert status == 0
    assert out.startswith("mine: stocks with 1,000 values, 2015-01-01 to 2018-10-31, in data\n")
    [warning] = err.splitlines()
    assert warning.startswith("Warning: mine.stocks")
    assert "is said to be of kind 'total_return' and looks like growth factors (1 + return)" in warning


def test_what_a_check_only_notes_is_not(tmp_path: Path) -> None:
    """Prices that move as prices do: no word beside what was taken."""
    walk = 100 * np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.01, 1000)))
    pd.Series(walk, pd.bdate_range("2015-01-01", periods=1000, name="date"), name="x").to_csv(tmp_path / "file.csv")
    status, _, err = called(tmp_path, "data", "import", "file.csv", "--as", "stocks", "--kind", "price", "--data", "d")
    assert (status, err) == (0, "")


def test_figures_are_known_at_once_unless_it_is_said(tmp_path: Path) -> None:
    """Without `--lag-sessions`, and with 0, the manifest has no lag; with 3 it has."""
    (tmp_path / "file.csv").write_text("date,x\n2024-01-02,10\n2024-01-03,11\n")
    for words, lag in (((), 0), (("--lag-sessions", "0"), 0), (("--lag-sessions", "3"), 3)):
        named = ("--as", "vix", "--kind", "level", "--data", f"data_{len(words)}_{lag}")
        assert called(tmp_path, "data", "import", "file.csv", *named, *words)[0] == 0
        manifest = tomllib.loads((tmp_path / named[-1] / "manifest.toml").read_text(encoding="utf-8"))
        assert manifest["mine"]["series"]["vix"].get("lag_sessions", 0) == lag


def test_build_needs_folders_and_takes_several(tmp_path: Path) -> None:
    """Without `--from` it is refused; with two, files are found in both."""
    (tmp_path / "two.toml").write_text(BLUEPRINT)
    for name, text in (("a/stocks.csv", STOCKS), ("b/rate.csv", RATE)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    assert "Missing option '--from'" in "\n".join(refusal(tmp_path, "data", "build", "two.toml", "--data", "data"))
    status, out, _ = called(tmp_path, "data", "build", "two.toml", "--from", "a", "--from", "b", "--data", "data")
    assert (status, out.splitlines()[0]) == (0, "two: 2024-01-02 to 2024-01-05, 4 sessions, in data")


@pytest.mark.parametrize(
    ("words", "column", "wanted"),
    [
        ("stocks", None, {"stocks": None}),
        ("stocks", "SPY", {"stocks": "SPY"}),
        ("stocks=SPY", None, {"stocks": "SPY"}),
        ("stocks=SPY, bonds = AGG", None, {"stocks": "SPY", "bonds": "AGG"}),
    ],
)
def test_which_column_is_which_role(words: str, column: str | None, wanted: dict[str, str | None]) -> None:
    """By --as alone, or with --column."""
    assert _wanted(words, column) == wanted


@pytest.mark.parametrize(
    ("words", "column", "message"),
    [
        ("stocks=A,stocks=B", None, "--as stocks=A,stocks=B names a role twice; give each role one column"),
        ("stocks=A,bonds", None, "--as stocks=A,bonds names no column for one of several roles; write --as "
         "stocks=SPY,bonds=AGG"),
        ("stocks,bonds", "A", "--as stocks,bonds names no column for one of several roles; write --as "
         "stocks=SPY,bonds=AGG"),
        ("stocks=A", "B", "--column B beside --as stocks=A; leave one of the columns out"),
    ],
)  # fmt: skip
def test_roles_and_columns_that_do_not_go_together(words: str, column: str | None, message: str) -> None:
    """A role twice, roles without columns, and both ways at once."""
    with pytest.raises(DataError) as refused:
        _wanted(words, column)
    assert str(refused.value) == message


def test_what_comes_next(tmp_path: Path) -> None:
    """What a history lacks, in order, until it can be run; a column's name where the file has several."""
    rows = "".join(
        f"{day.date()},{100 + place},5\n" for place, day in enumerate(pd.bdate_range("2024-01-02", periods=60))
    )
    (tmp_path / "file.csv").write_text("date,a,b\n" + rows)
    (tmp_path / "one.csv").write_text("date,a\n2024-01-02,100\n")
    for words, said, following in (
        (
            ("file.csv", "--as", "stocks=a", "--kind", "total_return"),
            "2024-03-25, column 'a'",
            "bills, what cash earns",
        ),
        (("file.csv", "--as", "bills=b", "--kind", "rate"), "column 'b'", "bonds, the other leg of 60/40"),
        (("file.csv", "--as", "bonds=a", "--kind", "total_return"), "60 values", "backtester run --history mine"),
        (("one.csv", "--as", "gold", "--kind", "price"), "gold with 1 value, 2024-01-02 to 2024-01-02, in d", "run"),
    ):
        status, out, err = called(tmp_path, "data", "import", *words, "--data", "d")
        assert status == 0, err
        first, *_, last = out.splitlines()
        assert said in first
        assert last.startswith("Next: ")
        assert following in last
    assert "gold ends on 2024-01-02, before the sessions do; it is absent from then on" in err
