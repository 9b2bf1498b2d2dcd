"""How the spiral is fitted to March 2020: the guess that it starts from, and Newton's method."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backtester.arrays import Array
from backtester.errors import ScenarioError
from backtester.stress import calibrate
from backtester.stress.basis import BasisTerms
from backtester.stress.calibrate import FIT_TOLERANCE, Calibration, calibrated
from backtester.stress.fed import PACE_BN


@pytest.mark.parametrize(
    ("misses", "start", "zero"),
    [
        (lambda x: np.array([x[0] ** 2 - 4, x[0] * x[1] - 6, x[2] - 1]), [1.0, 1.0, 5.0], [2, 3, 1]),
        (lambda x: np.arctan(x - 1), [4.0, 4.0], [1, 1]),
        (lambda x: 2 * x - 1, [0.5], [0.5]),
        (lambda x: x * 0 + 1, [3.0, 4.0], [3, 4]),
    ],
    ids=["three at once", "a whole step leads away", "a zero already", "none"],
)
def test_newtons_method(misses: Callable[[Array], Array], start: list[float], zero: list[float]) -> None:
    """It finds a zero, with halved steps where whole ones lead away; where there is none it stays where it is."""
    assert calibrate._by_newton(misses, np.array(start)) == pytest.approx(zero, abs=1e-6)


def test_newtons_method_is_quick() -> None:
    """Of one variable: its start, one slope and the points tried; five steps find the root of two to 1e-7."""
    tried: list[float] = []

    def misses(x: Array) -> Array:
        tried.append(float(x[0]))
        return np.asarray(x**2 - 2)

    calibrate._by_newton(misses, np.array([1.0]))
    assert tried[:2] == [1.0, 1.0000001]
    assert tried[2] == pytest.approx(1.5)
    assert abs(tried[-1] ** 2 - 2) < 1e-6
    assert len(tried) <= 2 + 4 * 3


@pytest.mark.parametrize("others", [{}, {"leverage": 20}, {"theta": 0.04}, {"margin": 0.01, "leverage": 100}])
def test_usual_terms_are_fitted_without_the_library(monkeypatch: pytest.MonkeyPatch, others: dict[str, float]) -> None:
    """Newton's method is enough, and spares an import of a third of a second."""
    monkeypatch.setattr(calibrate, "_by_minpack", lambda misses, start: pytest.fail("it was asked"))
    fitted = calibrated(BasisTerms(**others))
    assert 0 < fitted.redemptions_bn < 173 < fitted.outside_bn


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_the_guess_of_the_linear_market(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    """There kappa and the sales of others are what is guessed, so that all three targets are missed by what the funds
    sell too little or too much; no search begins from anything but it and, for above dealers' capacity, near it."""
    begun = []

    def keep(misses: Callable[[Array], Array], start: Array) -> Array:
        begun.append(misses(start))
        return start

    monkeypatch.setattr(calibrate, "_by_newton", keep)
    monkeypatch.setattr(calibrate, "_by_minpack", keep)
    with pytest.raises(ScenarioError):
        calibrated(BasisTerms(decaying=0, capacity_bn=float("inf")), share=share)
    own = begun[0][0]
    assert begun[0] == pytest.approx([own, share * own, own], rel=1e-9)
    assert FIT_TOLERANCE < abs(own) < 1
    assert len(begun) == 4


def test_pressure_is_spread_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over seven sessions; redemptions, and not what holders outside sell, grow with what the funds hold."""
    monkeypatch.setattr(calibrate, "unwind", lambda terms, pressure: pressure)
    pressure: Any = calibrate.march_2020(BasisTerms(held_bn=900), Calibration(9.0, 70.0, 7.0))
    helped: Any = calibrate.march_2020(BasisTerms(), Calibration(9.0, 70.0, 7.0), fed=True)
    assert (helped.purchases, helped.hedged) == (PACE_BN, False)
    assert pressure.sales.tolist() == pytest.approx([10] * 7)
    assert pressure.redemptions.tolist() == pytest.approx([2] * 7)
    assert (pressure.purchases, pressure.hedged) == ((), False)
