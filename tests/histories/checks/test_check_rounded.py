"""Figures that were rounded too far to be used."""

import numpy as np
import pandas as pd
import pytest

from backtester.arrays import Array
from backtester.histories.blueprints.blueprint import SourceFile
from backtester.histories.blueprints.sources import source_values
from backtester.histories.checks.rounded import check_rounded
from backtester.histories.checks.subject import CheckedSeries
from folders import shared_file
from walks import new_york, prices, steps, yields

SESSIONS = 2000


def bills(decimals: int) -> Array:
    """The session returns of bills in percent, constant in a month, with so many decimals."""
    return np.round(np.repeat(np.linspace(0.004, 0.021, SESSIONS // 20), 20), decimals)


def subject(values: Array, kind: str | None, *, accrues: bool = False) -> CheckedSeries:
    """A series of so many sessions."""
    return CheckedSeries("x", pd.Series(values, new_york(len(values))), kind, accrues=accrues)


@pytest.mark.parametrize("kind", [None, "return", "rate"])
def test_bill_returns_with_two_decimals_are_told(kind: str | None) -> None:
    """0.004 to 0.021 percent a session, written with two decimals, are of no use; with four they are."""
    (finding,) = check_rounded(subject(bills(2), kind))
    assert finding.severity == "warning"
    assert finding.message.startswith("its values are rounded to 0.01, half a typical one and more, in ")
    assert check_rounded(subject(bills(4), kind)) == []


def test_a_level_grown_from_rounded_returns_is_told() -> None:
    """The rounding is in the level's returns, where nothing in the level's own digits shows it."""
    (finding,) = check_rounded(subject(np.cumprod(1 + bills(2) / 100), "total_return", accrues=True))
    assert finding.message.startswith("its returns in percent are rounded to 0.01, half a typical one and more")
    assert check_rounded(subject(np.cumprod(1 + bills(4) / 100), "total_return", accrues=True)) == []


def test_a_price_quoted_too_coarsely_is_told() -> None:
    """A share price of a tenth of a cent's moves, quoted in cents; with four decimals it is none."""
    walk = 0.5 * np.exp(np.cumsum(steps(SESSIONS, 0.005)))
    (finding,) = check_rounded(subject(np.round(walk, 2), "price"))
    assert finding.message.startswith("its changes are rounded to 0.01, half a typical one and more, in ")
    assert check_rounded(subject(np.round(walk, 4), "price")) == []


def test_half_a_typical_value_is_too_much() -> None:
    """Of steps of 0.01 a typical value of 0.02 is two, which is told; one of 0.03 is three, which is not."""
    (finding,) = check_rounded(subject(np.tile([0.01, 0.02, 0.02, 0.02, 0.03], SESSIONS // 5), "rate"))
    assert finding.message.startswith("its values are rounded to 0.01, half a typical one and more, in ")
    assert check_rounded(subject(np.tile([0.01, 0.03, 0.03, 0.03, 0.04], SESSIONS // 5), "rate")) == []


def test_usual_series_are_not_told() -> None:
    """Prices in cents, yields in basis points, and a bill's yield that is near zero for a year in ten."""
    near_zero = np.concatenate([np.full(9 * 252, 3.0) + np.round(steps(9 * 252, 0.5), 2), np.full(252, 0.01)])
    for usual in (prices(), yields(), subject(near_zero, "yield")):
        assert check_rounded(usual) == []


def test_the_daily_file_of_ken_french() -> None:
    """Its RF has two decimals, and is told; its Mkt-RF has as many, which are enough for stocks."""
    content = shared_file("french/F-F_Research_Data_Factors_daily.csv").read_bytes()
    for column, told in (("RF", 1), ("Mkt-RF", 0)):
        source = SourceFile(provider="french", file="x.csv", columns=(column,))
        assert len(check_rounded(CheckedSeries("x", source_values(source, content)))) == told
