"""Signs that strategies wait for."""

import numpy as np
import pandas as pd
import pytest

from backtester.plugins.signals import deviation, growth, monthly_correlation, recently_true


def test_a_sign_lasts_for_its_sessions() -> None:
    """A sign counts on its session and those after it, as many as are said; one that is not known has not shown."""
    sign = pd.Series([False, True, False, False, True])
    assert recently_true(sign, 1).tolist() == sign.tolist()
    assert recently_true(sign, 2).tolist() == [False, True, True, False, True]
    assert not recently_true(pd.Series([np.nan, np.nan]) > 0, 2).any()


def test_growth_is_over_calendar_days() -> None:
    """Growth is over what was known that many days before, at a session on that day or the last before it."""
    level = pd.Series([100.0, 110.0, 121.0], pd.DatetimeIndex(["2024-01-01", "2024-01-09", "2024-01-30"]))
    assert growth(level, 28).fillna(-1).round(12).tolist() == [-1, -1, 0.21]
    assert growth(level, 21).fillna(-1).round(12).tolist() == [-1, -1, 0.1]


def test_deviation_is_of_the_last_returns() -> None:
    """The sample deviation of the last returns, by hand; the same again where it is asked again, whatever became of the
    first answer, and another for another level."""
    level = pd.Series([100.0, 110.0, 99.0, 108.9, 108.9], pd.date_range("2024-01-01", periods=5))
    hand = [np.nan, np.nan, 0.2 / 2**0.5, 0.2 / 2**0.5, 0.1 / 2**0.5]
    first = deviation(level, 2)
    assert np.allclose(first, hand, rtol=1e-12, atol=0, equal_nan=True)
    first.iloc[:] = 0.0
    assert np.allclose(deviation(level, 2), hand, rtol=1e-12, atol=0, equal_nan=True)
    assert deviation(level.iloc[::-1], 2).iloc[2] != hand[2]
    assert deviation(level, 2).index.equals(level.index)


@pytest.mark.parametrize(("a_year", "months", "count"), [(252, 7, 7), (252, 5, 6), (12, 7, 7), (4, 21, 7), (4, 12, 6)])
def test_correlation_of_months(a_year: float, months: int, count: int) -> None:
    """Of so many months' returns, at a month's end and until the next; of quarters a third as many, six at least."""
    noise = np.random.default_rng(3).normal(0, 0.05, (2, 20))
    one, other = (pd.Series(np.cumprod(1 + moves), pd.bdate_range("2024-01-01", periods=20)) for moves in noise)
    ends = pd.Series(np.arange(20) % 2 == 1, one.index)
    found = monthly_correlation(one, other, ends, a_year, months)
    first, second = (level.to_numpy()[1::2] for level in (one, other))
    moves = [values[1:] / values[:-1] - 1 for values in (first, second)]
    assert found.isna().sum() == 2 * count + 1
    for place in range(count, 10):
        expected = np.corrcoef([leg[place - count : place] for leg in moves])[0, 1]
        assert found.iloc[2 * place + 1 : 2 * place + 3].tolist() == pytest.approx(
            [expected] * (1 if place == 9 else 2)
        )
