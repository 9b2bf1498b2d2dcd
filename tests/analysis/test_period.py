"""Other definitions of a joint sell-off: their names and counts on the embedded history, each found the plain way."""

import numpy as np
import pytest

from backtester.analysis.period import joint_falls, measure_period, other_definitions, own_definition
from backtester.analysis.sell_offs_kernel import Rule
from backtester.analysis.windows import drawdowns
from backtester.histories.market import Market
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
