"""Other definitions of a joint sell-off: their names and counts on the embedded history, each found the plain way."""

from typing import cast

import numpy as np
import pytest

from backtester.analysis import period as periods
from backtester.analysis.period import joint_falls, measure_period, other_definitions, own_definition
from backtester.analysis.sell_offs_kernel import Legs, Rule
from backtester.analysis.windows import drawdowns
from backtester.arrays import Array
from backtester.histories.market import Market
from backtester.histories.rhythm import RHYTHMS
from builders import made_market
from witness import sell_offs

USUAL = Rule(-0.05, -0.005)


def test_definitions_of_the_embedded_history(us: Market) -> None:
    """Other falls find 42, 19 and 17; each is what the plain rule finds."""
    legs = measure_period(us).legs
    found = {name: find(legs) for name, find in other_definitions(USUAL).items()}
    rules = {
        "falls −3% and −0.5%": USUAL._replace(stocks_fall=-0.03),
        "falls −5% and −1%": USUAL._replace(bonds_fall=-0.01),
        "falls −5% and −2%": USUAL._replace(bonds_fall=-0.02),
        "falls −7% and −0.5%": USUAL._replace(stocks_fall=-0.07),
        "windows of 10 sessions": USUAL._replace(max_sessions=10),
        "windows of 42 sessions": USUAL._replace(max_sessions=42),
    }
    assert list(found) == [*rules, "joint drawdowns of the pair"]
    assert [len(found[name]) for name in list(rules)[:3]] == [42, 19, 17]
    for name, rule in rules.items():
        np.testing.assert_array_equal(found[name], sell_offs.joint_sell_offs(legs, rule), err_msg=name)


def test_deepest_falls_are_within_a_window() -> None:
    """A leg's deepest fall is from a close to one at most a window later: a fall that takes longer does not count."""
    stocks = [*np.linspace(1.0, 0.7, 31).tolist(), 0.7, 0.63]
    found = measure_period(made_market({"stocks": stocks, "bonds": [1.0] * 33})).deepest_falls
    start = stocks[11]  # 21 sessions before the last close
    assert found["stocks"] == pytest.approx(0.63 / start - 1)
    assert found["bonds"] == 0.0


def test_a_runs_own_falls_are_not_listed_twice() -> None:
    """A rule that is among the others is left out of them, and another is not."""
    names = list(other_definitions(USUAL._replace(stocks_fall=-0.03)))
    assert "falls −3% and −0.5%" not in names
    assert "falls −5% and −0.5%" in names
    assert len(other_definitions(USUAL._replace(stocks_fall=-0.04))) == len(names) + 1
    assert own_definition(USUAL) == "falls −5% and −0.5%, windows of 21 sessions"


def test_joint_falls_are_drawdowns_in_which_bonds_fell_too(us: Market) -> None:
    """From peak to trough of the pair, of 5% or more, with bonds no higher."""
    period = measure_period(us)
    falls = drawdowns(period.legs.pair, at_least=0.05)
    expected = [(fall.peak, fall.trough) for fall in falls if period.pair.kind(fall) == "joint"]
    assert [tuple(window) for window in joint_falls(period.legs).tolist()] == expected
    assert 0 < len(expected) < len(falls)


@pytest.mark.parametrize(("bonds", "found"), [(1.0, [[0, 1]]), (1 + 1e-15, [[0, 1]]), (1 + 1e-9, [])])
def test_bonds_that_rose_by_rounding_did_not_rise(bonds: float, found: list[list[int]]) -> None:
    """A drawdown of the pair is a joint one where bonds are as high at its end but for the last bit."""
    legs = Legs(*np.array([[1.0, 0.8], [1.0, bonds], [1.0, 0.88]]))
    assert joint_falls(legs).tolist() == found


def test_what_is_found_once_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Legs in excess of bills, and every asset in excess of them where it is funded; none before it begins."""
    gold, future = [np.nan, np.nan, 1.0, 2.0], [1.0, 2.0, 1.0, 1.0]
    market = made_market(
        {"stocks": [1.0, 1.5, 3.0, 1.5], "bonds": [1.0, 1.0, 1.1, 1.1], "gold": gold, "future": future},
        bills=[0.0, 0.01, 0.02, 0.03],
        unfunded=["future"],
    )
    period = measure_period(market)
    assert period.excess == pytest.approx(np.array([[0.49, 0.98, -0.53], [-0.01, 0.08, -0.03]]))
    monkeypatch.setattr(
        periods, "payoff_sensitivities", lambda matrix, excess, joint: ("values", excess is period.excess)
    )
    monkeypatch.setattr(periods, "payoff_spectrum", lambda moves, values: (moves, values))
    moves, values = cast("tuple[Array, tuple[str, bool]]", period.payoff_spectrum)
    assert values == ("values", True)
    assert moves == pytest.approx(
        np.array([[0.49, -0.01, -0.01, 1.0], [0.98, 0.08, -0.02, -0.5], [-0.53, -0.03, 0.97, 0.0]])
    )
    assert period.rule == Rule(-0.05, -0.005, max_sessions=21, gap_sessions=21)
    assert period.fitted_legs.tolist() == [0, 1]
    assert (period.sessions is market.sessions, period.month_ends.tolist()) == (True, [False] * 4)


def test_a_leg_that_stands_still_is_not_fitted() -> None:
    """Bonds that earn what bills do leave stocks alone."""
    bills = [0.0, 0.01, 0.02, 0.03]
    bonds = np.cumprod(1 + np.array(bills)).tolist()
    period = measure_period(made_market({"stocks": [1.0, 1.5, 3.0, 1.5], "bonds": bonds}, bills=bills))
    assert period.fitted_legs.tolist() == [0]


def test_joint_sell_offs_and_falls_of_a_period() -> None:
    """A fall of both legs by a tenth in one session is a sell-off, and a drawdown of the pair; one of 5% is listed."""
    level = np.where(np.arange(60) >= 30, 0.9, 1.0)
    period = measure_period(made_market({"stocks": level.tolist(), "bonds": level.tolist()}))
    assert [(window.start, window.end) for window in period.joint] == [(9, 30)]
    assert [(fall.peak, fall.trough) for fall in period.falls] == [(29, 30)]
    assert joint_falls(period.legs).tolist() == [[29, 30]]
    assert joint_falls(period.legs._replace(bonds=period.legs.bonds[::-1])).tolist() == []
    flat = np.where(np.arange(60) >= 30, 0.9, 1.0)
    assert joint_falls(period.legs._replace(bonds=np.ones(60), pair=flat)).tolist() == [[29, 30]]
    small = np.where(np.arange(60) >= 30, 0.9501, 1.0)
    assert joint_falls(period.legs._replace(pair=small)).tolist() == []


@pytest.mark.parametrize(("sessions", "names"), [
    (1, ["windows of 2 months"]), (2, ["windows of 1 month", "windows of 4 months"]),
    (21, ["windows of 10 months", "windows of 42 months"]),
])  # fmt: skip
def test_windows_of_half_and_of_twice_the_length(sessions: int, names: list[str]) -> None:
    """Half of one session is none."""
    found = other_definitions(USUAL._replace(max_sessions=sessions), RHYTHMS["monthly"])
    assert [name for name in found if name.startswith("windows")] == names
