"""What is computed from a published series is known no sooner than it, and bonds are built from yields."""

from pathlib import Path

import numpy as np
import pytest

from backtester.errors import DataError
from backtester.histories.market import load_market
from folders import built, listed, made_folder, weekdays

DAYS = weekdays("2023-01-02", 275)


def made(folder: Path, **series: object) -> Path:
    """A history of stocks and of prices, 100 on the first session, 110 on 2024-01-02, and a yield."""
    prices: list[float | None] = [None] * len(DAYS)
    prices[0], prices[261] = 100.0, 110.0
    columns = {"date": DAYS, "stocks": np.full(len(DAYS), 100.0), "cpi": prices, "rate": np.full(len(DAYS), 4.0)}
    return made_folder(folder, columns, {"stocks": listed("price", "stocks"), **series})


def test_a_change_waits_as_long_as_its_source(tmp_path: Path) -> None:
    """Prices are known three sessions late, and so is their change over twelve months."""
    assert [str(DAYS[place]) for place in (0, 261)] == ["2023-01-02", "2024-01-02"]
    folder = made(
        tmp_path / "made", cpi=listed("level", "cpi", lag_sessions=3), inflation=built("annual_change", of="cpi")
    )
    known = load_market("made", folder).observables["inflation"].dropna()
    assert str(known.index[0].date()) == "2024-01-05"
    assert known.iloc[0] == pytest.approx(10.0)


def test_a_bond_is_built_from_a_yield(tmp_path: Path) -> None:
    """A bond that names a level for its yield is refused by name."""
    series = {"level": listed("level", "rate"), "bonds": built("bond", **{"yield": "level", "maturity_years": 10})}
    with pytest.raises(DataError, match="bonds"):
        load_market("made", made(tmp_path / "made", **series))
