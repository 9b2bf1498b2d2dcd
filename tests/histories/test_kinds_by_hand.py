"""What each kind computes, on a few sessions, by hand."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from backtester.histories.kinds import as_series
from backtester.histories.kinds.bond import Bond
from backtester.histories.kinds.future import Future
from backtester.histories.kinds.inflation_linked import InflationLinked
from backtester.histories.kinds.price import Price
from backtester.histories.kinds.put_spread import PutSpread
from backtester.histories.kinds.rolling_call import RollingCall
from backtester.histories.kinds.rolling_put import RollingPut
from backtester.histories.kinds.schedule import ScheduledDates
from backtester.histories.options import Leg
from backtester.histories.series import Asset
from backtester.histories.series_inputs import SeriesInputs

NAN = float("nan")
WORDS = {"unit": "x", "source": "made for a test", "licence": "none"}
SESSIONS = pd.DatetimeIndex(["2024-04-01", "2024-04-02", "2024-04-03"])


def made(kind: str, **keys: object) -> Any:
    """A series of a kind."""
    return as_series({"kind": kind, **WORDS, **keys})


def sheet(
    bills: "list[float] | None" = None, prices: "dict[str, float] | None" = None, **roles: list[float]
) -> SeriesInputs:
    """A sheet of three days in a row whose roles are quoted so, with the returns of bills and monthly prices."""
    values = pd.Series(prices or {}, dtype=float)
    values.index = pd.DatetimeIndex(values.index)
    found = {
        "sessions": SESSIONS,
        "days": np.array([0.0, 1.0, 1.0]),
        "bill_returns": np.array(bills or [NAN, 0.5, 0.25]),
        "quoted": lambda role, used_by: np.array(roles[role]),
        "level": lambda role: np.array(roles[role]),
        "figures": lambda role: SimpleNamespace(values=values),
        "refuse_missing": lambda role, what, missing: None,
    }
    return cast(SeriesInputs, SimpleNamespace(**found))


def par_bond(coupon: float, bond_yield: float, halves: int) -> float:
    """What a bond of so many half years, bought at par the day before, is worth with its interest."""
    coupons = sum(coupon / 2 / (1 + bond_yield / 2) ** half for half in range(1, halves + 1))
    at_issue = coupons + 1 / (1 + bond_yield / 2) ** halves
    return float(at_issue * (1 + bond_yield / 2) ** (2 / 365.25))


def test_a_bond_is_bought_at_par_each_session() -> None:
    """Of ten years: from a yield of 4% to 5% and back, a day each; without a yield it stands still."""
    bond = made("bond", **{"yield": "y"}, maturity_years=10)
    assert isinstance(bond, Bond)
    worth = [1.0, par_bond(0.04, 0.05, 20), par_bond(0.05, 0.04, 20)]
    assert bond.level("bonds", sheet(y=[4.0, 5.0, 4.0])) == pytest.approx(np.cumprod(worth), rel=1e-13)
    assert bond.level("bonds", sheet(y=[NAN, 5.0, 4.0])) == pytest.approx([NAN, 1.0, worth[2]], nan_ok=True)


def test_a_linker_earns_real_and_reference_index() -> None:
    """On 1 April the index is January's price, a thirtieth of the way to February's a day later."""
    linker = made("inflation_linked", **{"yield": "y"}, index="cpi", maturity_years=10)
    assert isinstance(linker, InflationLinked)
    prices = {"2024-01-01": 300.0, "2024-02-01": 330.0}
    worth = [1.0, par_bond(0.02, 0.03, 20) * 301 / 300, par_bond(0.03, 0.03, 20) * 302 / 301]
    assert linker.level("linkers", sheet(prices=prices, y=[2.0, 3.0, 3.0])) == pytest.approx(np.cumprod(worth))


def test_a_linker_needs_a_real_yield_and_prices() -> None:
    """Either may be what it is not."""
    linker = made("inflation_linked", **{"yield": "y"}, index="cpi", maturity_years=10)
    good = {"y": made("yield", file="f", column="y"), "cpi": made("level", file="f", column="c")}
    assert linker.fault(good) == ""
    assert linker.fault(good | {"y": good["cpi"]}) == "is built from 'y', which is of kind 'level'; it needs " + (
        "a yield or a rate"
    )
    assert linker.fault(good | {"cpi": good["y"]}) == "is built from 'cpi', which is of kind 'yield'; it needs a level"


@pytest.mark.parametrize(
    ("kind", "keys", "levels", "late"),
    [
        ("future", {"of": "p", "funded": False}, [1.0, 0.75, 0.75], [NAN, 1.0, 1.0]),
        ("price", {"file": "f", "column": "p", "carry": "bills"}, [1.0, 1.75, 2.625], [NAN, 1.0, 1.5]),
        ("price", {"file": "f", "column": "p"}, [4.0, 5.0, 6.25], [4.0, 5.0, 6.25]),
    ],
)
def test_bills_are_paid_or_earned(kind: str, keys: dict[str, object], levels: list[float], late: list[float]) -> None:
    """A price that rises by a quarter twice, beside bills of a half and a quarter: a future pays them, who carries
    earns them; neither is there before the rate is known, and both are on the last session."""
    one = made(kind, **keys)
    assert isinstance(one, Future | Price)
    assert one.level("p", sheet(p=[4.0, 5.0, 6.25])).tolist() == levels
    assert one.level("p", sheet([NAN, NAN, 0.25], p=[4.0, 5.0, 6.25])).tolist() == pytest.approx(late, nan_ok=True)


def test_what_options_are_bought_and_sold() -> None:
    """A spread sells one put for each that it buys, at the lower strike; one at the same strike is refused."""
    on = {"of": "stocks", "volatility": "vix", "funded": False}
    spread, put, call = (made(kind, **on) for kind in ("put_spread", "rolling_put", "rolling_call"))
    assert isinstance(spread, PutSpread)
    assert isinstance(put, RollingPut)
    assert isinstance(call, RollingCall)
    assert (put.legs, call.legs) == ((Leg("put", 0.95),), (Leg("call", 1.05),))
    assert spread.legs == (Leg("put", 0.95), Leg("put", 0.85, -1.0))
    known: dict[str, Asset] = {
        "stocks": made("total_return", file="f", column="s"),
        "vix": made("level", file="f", column="v"),
        "bills": made("bills", **{"yield": "rate"}),
    }
    for sold, said in ((0.94, ""), (0.95, "sells at 0.95 and buys at 0.95; sell the lower strike")):
        assert made("put_spread", **on, sold_moneyness=sold).fault(known) == said


def test_news_of_dates_counts_from_its_own_day() -> None:
    """A meeting on the third is called off on the second, one on the fourth is set on the second; that on the first
    was held."""
    meetings = made(
        "schedule", file="f", column="m", dropped=[("2024-04-03", "2024-04-02")], added=[("2024-04-04", "2024-04-02")]
    )
    assert isinstance(meetings, ScheduledDates)
    found = meetings.columns("m", sheet(prices={"2024-04-01": 1.0, "2024-04-04": 1.0}), "weekdays")
    assert found["sessions_since_m"].tolist() == [0, 1, 2]
    assert found["sessions_to_m"].tolist() == [0, 2, 1]
    after = meetings.columns("m", sheet(prices={"2024-04-02": 1.0}), "weekdays")
    assert after["sessions_since_m"].tolist() == pytest.approx([NAN, 0, 1], nan_ok=True)
    assert after["sessions_to_m"].tolist() == pytest.approx([1, 0, NAN], nan_ok=True)
