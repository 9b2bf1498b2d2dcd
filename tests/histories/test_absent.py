"""What a history owns up to not having: stretches without values, an end before its files', bills as an index."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.align import GapRules, align_asset
from backtester.histories.derived import level_from_returns
from backtester.histories.market import Market, load_market
from folders import built, listed, made_folder, weekdays

DAYS = weekdays("2024-01-01", 10)
ABSENT = [["2024-01-03", "2024-01-05"]]  # sessions number 2, 3 and 4


def made(folder: Path, columns: dict[str, Any], series: dict[str, Any], **keys: Any) -> Market:
    """The market of those columns, one row a weekday from Monday 2024-01-01 on, stocks among them."""
    rows = {"date": DAYS, "stocks": [1.0 + n for n in range(10)], **columns}
    told = {"stocks": listed("price", "stocks"), **series}
    return load_market("made", made_folder(folder, rows, told, **keys))


def test_inside_a_stretch_there_is_no_level(tmp_path: Path) -> None:
    """A price has no level inside the stretch, whatever the file has there, and no return into it or out of it."""
    market = made(tmp_path, {"gold": [10.0 + n for n in range(10)]}, {"gold": listed("price", "gold", absent=ABSENT)})
    assert list(np.flatnonzero(market.levels["gold"].isna())) == [2, 3, 4]
    assert list(np.flatnonzero(market.returns["gold"].isna())) == [0, 2, 3, 4, 5]
    assert market.carried["gold"] == 0


def test_a_bond_has_the_stretch_of_its_yield(tmp_path: Path) -> None:
    """A bond is not there while its yield is not, and goes on after it from where it stood."""
    series = {
        "y": listed("yield", "y", absent=ABSENT),
        "bonds": built("bond", **{"yield": "y"}, maturity_years=10),
    }
    level = made(tmp_path, {"y": [4.0, 4.0, *[None] * 3, 5.0, 5.0, 5.0, 5.0, 5.0]}, series).levels["bonds"]
    assert list(np.flatnonzero(level.isna())) == [2, 3, 4]
    assert level.iloc[5] == level.iloc[1]
    assert level.iloc[6] == pytest.approx(level.iloc[5] * 1.025 ** (2 / 365.25), rel=1e-12)


def test_after_a_stretch_a_value_of_its_own_is_waited_for() -> None:
    """What was known before the stretch is not carried over it: the level begins with the first value after it."""
    values = pd.Series([4.0, 5.0], pd.DatetimeIndex([DAYS[1], DAYS[7]]))
    stretch = (datetime.date(2024, 1, 3), datetime.date(2024, 1, 5))
    levels, carried = align_asset("here", values, pd.DatetimeIndex(DAYS), GapRules(absent=(stretch,)))
    np.testing.assert_array_equal(levels, [np.nan, 4, *[np.nan] * 5, 5, 5, 5])
    assert carried == 2


def test_a_gap_beyond_the_stretch_is_refused() -> None:
    """A stretch that ends too soon does not excuse what is missing after it."""
    days = weekdays("2024-01-01", 15)
    values = pd.Series([4.0, 5.0], pd.DatetimeIndex([days[0], days[12]]))
    stretch = (datetime.date(2024, 1, 2), datetime.date(2024, 1, 2))
    with pytest.raises(DataError, match="here: no value from 2024-01-03 to 2024-01-16, more than 10 days"):
        align_asset("here", values, pd.DatetimeIndex(days), GapRules(absent=(stretch,)))


def test_a_gap_that_is_not_owned_up_to_is_refused(tmp_path: Path) -> None:
    """The same gap without the key is a mistake."""
    prices = [10.0, *[None] * 12, 11.0, 12.0, 13.0]
    days = weekdays("2024-01-01", 16)
    columns = {"date": days, "stocks": [1.0] * 16, "gold": prices}
    absent = [[str(days[1]), str(days[12])]]
    market = made(tmp_path, columns, {"gold": listed("price", "gold", absent=absent)})
    assert market.levels["gold"].notna().sum() == 4
    with pytest.raises(DataError, match="no value from 2024-01-02 to 2024-01-17, more than 10 days"):
        made(tmp_path, columns, {"gold": listed("price", "gold")})


def test_absent_is_a_key_of_what_has_figures(tmp_path: Path) -> None:
    """A bond takes the stretches of its yield and has none of its own."""
    series = {"y": listed("yield", "y"), "bonds": built("bond", **{"yield": "y"}, maturity_years=10, absent=ABSENT)}
    with pytest.raises(DataError, match=r"bonds\] a series of kind 'bond' has no use for the key 'absent'; leave it"):
        made(tmp_path, {"y": [4.0] * 10}, series)


def test_until_ends_the_sessions(tmp_path: Path) -> None:
    """The last session is on the date or before it, and what comes later is not seen."""
    gold = {"gold": listed("price", "gold")}
    for until, last in (("2024-01-04", 4), ("2024-01-06", 5), ("2024-01-07", 5), ("2030-01-01", 10)):
        market = made(tmp_path, {"gold": [10.0] * 10}, gold, until=until)
        assert list(market.sessions.date) == DAYS[:last]
        assert len(market.levels) == len(market.bill_returns) == last


def test_until_before_the_second_session_is_refused(tmp_path: Path) -> None:
    """One session has no return."""
    with pytest.raises(DataError, match="history 'made' has 1 session; at least two are needed"):
        made(tmp_path, {}, {}, until="2024-01-01")


def test_bills_can_be_an_index(tmp_path: Path) -> None:
    """An index of bills gives cash its returns: 0 where it begins, NaN before, and its own level."""
    index = [None, 100.0, 100.0, 101.0, 101.0, 101.0, 101.0, 101.0, 101.0, 202.0]
    market = made(tmp_path, {"bills": index}, {"bills": listed("total_return", "bills")})
    np.testing.assert_allclose(market.bill_returns, [np.nan, 0, 0, 0.01, 0, 0, 0, 0, 0, 1], atol=1e-15)
    assert market.has_bills
    assert market.assets == ["stocks"]
    assert market.levels["bills"].iloc[-1] == 202


def test_carry_on_an_index_of_bills(tmp_path: Path) -> None:
    """A price with carry earns what the index of bills returned in the same session."""
    index = [100.0, 101.0, *[101.0] * 8]
    series = {"bills": listed("total_return", "bills"), "dollar": listed("price", "dollar", carry="bills")}
    market = made(tmp_path, {"bills": index, "dollar": [50.0, 55.0, *[55.0] * 8]}, series)
    assert market.levels["dollar"].iloc[1] == pytest.approx(1.11, rel=1e-12)


def test_growth_goes_on_after_a_stretch() -> None:
    """By hand: 1, +50%, away for two, back at 1.5 whatever the returns in between say, then +100%."""
    returns = np.array([9.0, 0.5, np.nan, 7.0, 8.0, 1.0])
    started = np.array([True, True, False, False, True, True])
    np.testing.assert_array_equal(level_from_returns(returns, started), [1, 1.5, np.nan, np.nan, 1.5, 3])
