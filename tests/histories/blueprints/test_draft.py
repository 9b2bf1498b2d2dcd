"""A history that is about to be written."""

from pathlib import Path

import pandas as pd
import pytest

from backtester.histories.blueprints.draft import Draft


def draft(stocks: str, gold: str, **keys: int) -> Draft:
    """Stocks and gold that end on those dates."""
    ends = {"stocks": pd.Series([1.0], pd.DatetimeIndex([stocks])), "gold": pd.Series([1.0], pd.DatetimeIndex([gold]))}
    made = Draft(Path("data"), "made", {}, {}, pd.DataFrame())
    for role, values in ends.items():
        made = made.with_series(role, {"kind": "price"} | (keys if role == "gold" else {}), values)
    return made


@pytest.mark.parametrize(("stocks", "ends_before"), [("2024-01-15", False), ("2024-01-16", True)])
def test_a_level_stands_for_ten_days(stocks: str, ends_before: bool) -> None:
    """Gold of 5 January stands on the 15th, and no longer on the 16th."""
    assert draft(stocks, "2024-01-05").ends_before("gold") is ends_before


@pytest.mark.parametrize(("days", "ends_before"), [(31, False), (30, True)])
def test_a_level_stands_as_long_as_its_key_says(days: int, ends_before: bool) -> None:
    """With `carry_days` gold of 5 January stands so many days: to 5 February, or not."""
    assert draft("2024-02-05", "2024-01-05", carry_days=days).ends_before("gold") is ends_before


def test_absent_begins_the_day_after() -> None:
    """A series that ends early is absent from the day after its last value."""
    [[begin, _]] = draft("2024-02-05", "2024-01-05").absent_after("gold").series["gold"]["absent"]
    assert begin == pd.Timestamp("2024-01-06").date()
