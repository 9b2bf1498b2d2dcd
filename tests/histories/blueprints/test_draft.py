"""A history that is about to be written."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.blueprints.draft import Draft, draft_of


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


def test_where_a_level_need_not_stand() -> None:
    """A history without stocks has no last session; one that ends by its own key ends there."""
    made = draft("2024-02-05", "2024-01-05")
    assert made.ends_before("gold")
    assert not made.without("stocks").ends_before("gold")
    assert not replace(made, history_keys={"until": "2024-01-15"}).ends_before("gold")
    assert replace(made, history_keys={"until": "2024-01-16"}).ends_before("gold")


def test_series_come_and_go_with_their_columns() -> None:
    """A series takes the place of another of its role; what was imported is marked, as long as it is there."""
    made = draft("2024-02-05", "2024-02-05").imported(["gold", "oil"])
    assert (made.history_keys, list(made.figures)) == ({"imported": ["gold"]}, ["stocks", "gold"])
    again = made.with_series("gold", {"kind": "level"}, pd.Series([7.0], pd.DatetimeIndex(["2024-02-05"])))
    assert (again.series["gold"]["kind"], again.figures["gold"].tolist()) == ("level", [7.0])
    early = made.with_series("oil", {}, pd.Series([7.0], pd.DatetimeIndex(["2024-02-01"])))
    assert [day.day for day in early.figures.index] == [1, 5], "rows are in the order of their dates"
    gone = made.without("gold")
    assert (gone.history_keys, list(gone.figures), list(gone.series)) == ({"imported": []}, ["stocks"], ["stocks"])
    other = made.with_series("oil", {"kind": "price", "column": "gold"}).without("gold")
    with pytest.raises(DataError, match="has a column 'gold' of another series; choose another role"):
        other.with_series("gold", {}, pd.Series([1.0], pd.DatetimeIndex(["2024-02-05"])))


def test_where_a_draft_begins(tmp_path: Path) -> None:
    """With nothing, or as a copy of an embedded history."""
    new = draft_of(tmp_path, "mine")
    assert (new.history_keys, new.series, new.is_copy) == ({"title": "mine"}, {}, False)
    copy = draft_of(tmp_path, "crisis_1987")
    assert (copy.is_copy, set(copy.series) > {"stocks", "bonds"}, "series" in copy.history_keys) == (True, True, False)
