"""`data import` at the terminal: what it warns of."""

from pathlib import Path

import numpy as np
import pandas as pd

from mistakes import called


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
