"""What a strategy is given is its own."""

import pandas as pd
import pytest

from backtester.engine import targets as targets_module
from backtester.engine.targets import copied_inputs, fill_targets
from builders import made_market

DAYS = pd.bdate_range("2024-01-01", periods=4)


@pytest.mark.parametrize(("sessions", "rows"), [(None, 4), (4, 4), (2, 2)])
def test_inputs_are_copied(sessions: int | None, rows: int) -> None:
    """All of their rows or the first; numbers are as they are."""
    series = pd.Series([1.0, 2.0, 3.0, 4.0], DAYS)
    given = copied_inputs({"stocks": series, "sessions_a_year": 252.0}, sessions)
    assert (len(given["stocks"]), given["sessions_a_year"]) == (rows, 252.0)
    given["stocks"].iloc[0] = 9.0
    assert series.iloc[0] == 1.0


def test_targets_hold_until_the_next() -> None:
    """Cash before the first; without gaps the frame is another with the same values."""
    raw = pd.DataFrame({"stocks": [None, 0.5, None, 0.6]}, DAYS, dtype=float)
    assert fill_targets(raw)["stocks"].tolist() == [0.0, 0.5, 0.5, 0.6]
    whole = raw.fillna(0.1)
    assert fill_targets(whole) is not whole
    assert fill_targets(whole).equals(whole)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("gld"), ", which is no asset of history 'made'; did you mean 'gold'?"),
        (KeyError("gold"), ""),
        (KeyError("a b"), ""),
        (KeyError(3), ""),
        (KeyError(), ""),
        (ValueError("gld"), ""),
    ],
)
def test_a_column_that_is_not_there(error: BaseException, words: str) -> None:
    """A name of which the history has no asset is told with the nearest; other keys and other errors say enough."""
    market = made_market({"stocks": [1.0, 1.0], "gold": [1.0, 1.0]})
    assert targets_module._no_such_asset(error, market) == words
