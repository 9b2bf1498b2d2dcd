"""Strategies that come from no file: functions, and tables of weights."""

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError, PluginError
from backtester.plugins.from_code import function_strategy, weights_strategy

DATES = pd.DatetimeIndex(["2024-01-01", "2024-01-06", "2024-01-07", "2024-01-10", "2024-02-01"])
TABLE = pd.DataFrame({"stocks": [0.6, 0.1, 0.5, np.nan, 0.3], "gold": [0.4, 0.9, 0.25, np.nan, 0.0]}, DATES)


def test_rows_count_from_the_session_on_or_after_their_date() -> None:
    """Saturday's row gives way to Sunday's, both count on Monday; an empty row and one past the end set nothing."""
    sessions = pd.bdate_range("2024-01-02", "2024-01-10")
    strategy = weights_strategy("mine", "w.csv", b"bytes", TABLE)
    answer = strategy.weights(pd.DataFrame(index=sessions))
    assert answer.dropna().to_dict("index") == {
        pd.Timestamp("2024-01-02"): {"stocks": 0.6, "gold": 0.4},
        pd.Timestamp("2024-01-08"): {"stocks": 0.5, "gold": 0.25},
    }
    assert (strategy.is_base, strategy.is_overlay, strategy.origin, len(strategy.sha256)) == (True, False, "w.csv", 64)


def test_the_later_of_two_rows_of_a_session_counts() -> None:
    """Wherever it stands in the table: two weekends, and a date of its own between them."""
    dates = pd.DatetimeIndex(["2024-01-06", "2024-01-07", "2024-01-10", "2024-01-13", "2024-01-14", "2024-01-15"])
    table = pd.DataFrame({"stocks": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]}, dates)
    answer = weights_strategy("mine", "w.csv", b"", table).weights(
        pd.DataFrame(index=pd.bdate_range("2024-01-05", "2024-01-16"))
    )
    assert answer["stocks"].dropna().tolist() == [0.2, 0.3, 0.6]


def test_weights_lacking_or_in_percent_are_refused() -> None:
    """A row with a gap, and one that adds up to a hundred, are refused with their dates."""
    with pytest.raises(DataError, match=r"w.csv: no weight of gold on 2024-01-06; write 0 where nothing is held, or"):
        weights_strategy("mine", "w.csv", b"", TABLE.mask(TABLE == 0.9))
    with pytest.raises(DataError, match=r"w.csv: the weights of 2024-01-01 add up to 100; weights are fractions of 1"):
        weights_strategy("mine", "w.csv", b"", TABLE * 100)
    ten = pd.DataFrame({"stocks": [-4.0], "gold": [6.0]}, DATES[:1])
    assert weights_strategy("mine", "w.csv", b"", ten).is_base, "ten times net asset value are weights"
    with pytest.raises(DataError, match=r"add up to 10\.5"):
        weights_strategy("mine", "w.csv", b"", ten * 1.05)


def test_a_function_is_read_like_a_file() -> None:
    """Its signature says what it reads and takes, its docstring what it does, its source what it hashes to."""

    def half(base: pd.DataFrame, *, size: float = 0.5) -> pd.DataFrame:
        """Hold half."""
        return base * size

    strategy = function_strategy("half", half)
    assert (strategy.declaration.reads, strategy.summary, strategy.is_base) == (("base",), "Hold half.", False)
    assert b"return base * size" in strategy.source
    assert repr(strategy) == "<Strategy 'half' (function)>"
    with pytest.raises(PluginError, match="strategy 'x' is of type int; a recipe or a function is needed"):
        function_strategy("x", 5)
    with pytest.raises(PluginError, match="strategy 'x': parameter 'stocks' has a default; put settings after"):
        function_strategy("x", lambda stocks=1: {})


def test_a_function_without_source_is_hashed_by_its_code() -> None:
    """What was made from text has no source, and still a hash of its own."""
    hashes = set()
    for weight in (1, 2):
        made: dict[str, object] = {}
        exec(f"def f():\n    return {{'stocks': {weight} * len('a')}}", made)
        hashes.add(function_strategy("f", made["f"]).sha256)
    assert len(hashes) == 2
