"""Figures of another unit than their kind's: rates among total returns, yields in fractions or basis points."""

import numpy as np
import pandas as pd
import pytest

from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.checks.units import check_units
from folders import fact
from walks import new_york, prices, steps


def made(values: "np.typing.ArrayLike", kind: str) -> CheckedSeries:
    """A series of New York's sessions."""
    numbers = np.asarray(values, dtype=float)
    return CheckedSeries("made", pd.Series(numbers, new_york(len(numbers))), kind)


@pytest.mark.parametrize("name", ["DGS10", "DGS30", "DGS3MO"])
def test_a_rate_is_no_total_return(name: str) -> None:
    """Real yields, whole or of any three years, are told where they pass for a total return, and not as yields."""
    values = fact(name).dropna()
    [finding] = check_units(CheckedSeries("made", values[values > 0], "total_return"))
    assert finding.message.startswith(
        "stays below 20 and goes down and up, as a rate does; a rate is of kind 'rate' or"
    )
    for year in range(2008, 2023, 3):
        part = values.loc[f"{year}" : f"{year + 2}"]
        assert check_units(CheckedSeries("made", part[part > 0], "total_return"))
    assert check_units(CheckedSeries("made", values, "yield")) == []


@pytest.mark.parametrize("start", [1.0, 10.0])
def test_an_index_from_one_is_a_total_return(start: float) -> None:
    """An index may begin at 1 or 10, fall by half and end where it began."""
    levels = start * np.exp(np.sin(np.arange(1500) / 200) + np.cumsum(steps(1500, 0.01)))
    assert check_units(made(levels / levels[0] * start, "total_return")) == []


@pytest.mark.parametrize(("last", "count"), [(5.25, 0), (5.15, 1)])
def test_growth_is_a_year(last: float, count: int) -> None:
    """Over two years what begins at 5.0001, falls by a fifth and ends 5% up is no rate: 2.5% a year; 3% up are 1.5%."""
    ends = pd.DatetimeIndex(["2020-01-01", "2020-07-01", "2021-01-01", "2022-01-01"])
    values = pd.Series([5.0001, 4.0, 5.0, last], ends)
    assert len(check_units(CheckedSeries("made", values, "total_return"))) == count


def test_prices_of_a_few_dollars_are_prices() -> None:
    """Only what is said to have dividends in it is compared with rates."""
    cents = np.round(prices(1500).values.to_numpy() / 20, 2)
    assert check_units(made(cents, "price")) == []


@pytest.mark.parametrize(
    ("days", "kind", "values", "count"),
    [
        (365, "total_return", [5.25, 4.5, 5.25], 0),
        (366, "total_return", [5.25, 4.5, 5.25], 1),
        (730, "yield", [0.3, 0.2, 0.3], 0),
        (731, "yield", [0.3, 0.2, 0.3], 1),
        (366, "total_return", [10.0, 9.0, 9.5], 0),
        (366, "total_return", [10.0, 8.99, 9.5], 1),
    ],
)
def test_rates_are_told_after_a_year_and_yields_after_two(
    days: int, kind: str, values: list[float], count: int
) -> None:
    """A year has 365.25 days; a fall of a tenth is none yet; what is found has the first and the last date."""
    dates = pd.Timestamp("2020-01-01") + pd.to_timedelta([0, 100, days], "D")
    found = check_units(CheckedSeries("made", pd.Series(values, dates), kind))
    assert [(one.first, one.last) for one in found] == [(dates[0].date(), dates[-1].date())] * count


@pytest.mark.parametrize("kind", ["yield", "rate"])
def test_a_yield_in_fractions_or_basis_points(kind: str) -> None:
    """Yields of the last twenty years, divided by 100 or times 100, are told; as they are, nothing is."""
    percent = fact("DGS10").dropna()
    [small] = check_units(CheckedSeries("made", percent / 100, kind))
    assert small.message == "never beyond ±0.3 in 19 years: percent a year are needed; of fractions, 100 times as much"
    [large] = check_units(CheckedSeries("made", percent * 100, kind))
    assert large.message == "mostly above 50: percent a year are needed; of basis points, a hundredth"
    assert (large.first, large.last) == (percent.index[0].date(), percent.index[-1].date())
    assert check_units(CheckedSeries("made", percent, kind)) == []


def test_rates_near_zero_for_a_year_are_no_fractions() -> None:
    """A rate that is set to zero stays there for a year or two; where all is zero there is nothing to tell apart."""
    assert check_units(made(np.full(400, 0.1), "rate")) == []
    assert check_units(made(np.zeros(2000), "rate")) == []
