"""Maturities, moves of the curve, and the yields that returns imply."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from backtester.histories.derived import par_bond_returns
from backtester.histories.kinds.bills import Bills
from backtester.histories.kinds.bond import Bond
from backtester.histories.kinds.inflation_linked import InflationLinked
from backtester.histories.manifest import History
from backtester.stress.yields import USUAL_YEARS, bond_on, curve_move, implied_yields, maturities, real_yields


def test_maturities_are_those_of_the_names() -> None:
    """Years and months; a rate, and a series of another name, have none."""
    kinds = {"yield_10y": "yield", "yield_3m": "yield", "yield_18m": "yield", "yield_2y": "rate", "other": "yield"}
    history = SimpleNamespace(series={role: SimpleNamespace(kind=kind) for role, kind in kinds.items()})
    assert maturities(cast("History", history)) == {"yield_10y": 10.0, "yield_3m": 0.25, "yield_18m": 1.5}


def test_implied_yields_invert_the_bond() -> None:
    """The yields found from a bond's returns are those that the returns were made of."""
    yields, days = np.array([0.02, 0.03, 0.001, -0.005, 0.05]), np.array([0.0, 1, 3, 1, 1])
    returns = par_bond_returns(yields, days, maturity_years=30)[1:]
    np.testing.assert_allclose(implied_yields(0.02, returns, days[1:], maturity_years=30), yields[1:], atol=1e-14)


def test_bonds_without_a_yield_have_usual_maturities() -> None:
    """Ten years, thirty and two."""
    assert USUAL_YEARS == {"bonds": 10.0, "long_bonds": 30.0, "short_bonds": 2.0}


@pytest.mark.parametrize(
    ("curve", "years", "move"),
    [
        ({2: 10, 10: 50}, 2, 10),
        ({2: 10, 10: 50}, 6, 30),
        ({2: 10, 10: 50}, 30, 50),
        ({2: 10, 10: 50}, 1, 10),
        ({2: 10, 10: 50}, 0.99, 0),
        ({1: 10, 10: 50}, 0.25, 0),
        ({0.5: 10, 10: 50}, 0.25, 10),
        ({0.25: 5, 10: 50}, 0.25, 5),
    ],
)
def test_the_curve_between_two_maturities_is_a_line(curve: dict[float, float], years: float, move: float) -> None:
    """Beyond its ends it is level; under a year nothing moves unless a maturity under a year is stated."""
    assert curve_move(curve, years) == move


def test_bonds_and_the_yields_that_they_are_built_from() -> None:
    """A bond says its maturity, bills are of three months; a linked bond is on its yield, which is a real one."""
    series = {
        "yield_10y": SimpleNamespace(kind="yield"),
        "bonds": Bond.model_construct(kind="bond", yield_="yield_10y", maturity_years=8.0),
        "bills": Bills.model_construct(kind="bills", yield_="short"),
        "linked": InflationLinked.model_construct(kind="inflation_linked", yield_="real", maturity_years=7.0),
    }
    history = cast("History", SimpleNamespace(series=series))
    assert maturities(history) == {"yield_10y": 8.0, "short": 0.25}
    assert real_yields(history) == {"real": 7.0}
    assert [bond_on(history, role) for role in ("yield_10y", "real", "short")] == ["bonds", "linked", None]
