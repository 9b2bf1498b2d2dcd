"""The Federal Reserve's purchases of March 2020: what was bought when, and what they moved."""

import math

import numpy as np
import pytest

from backtester.stress.fed import (
    BOUGHT_BN,
    PACE_BN,
    PURCHASES_TO_9_APRIL,
    purchase_effects,
    purchases,
)


def test_purchases_begin_three_sessions_after_the_offer() -> None:
    """$37bn in the fourth session, then 40, and so on; later by as many sessions as the offer; $1,070bn in all."""
    assert list(purchases(9)) == [0, 0, 0, 37, 40, 40, 40, 75, 75]
    assert list(purchases(6, repo_offer=2)) == [0, 0, 0, 0, 0, 37]
    assert list(purchases(3)) == [0, 0, 0]
    assert purchases(60).sum() == sum(PACE_BN)


def test_the_pace_by_weeks() -> None:
    """$157bn to 18 March, 1,070 from then to 9 April, the twentieth session, and four weeks of ever less after it."""
    assert (sum(PACE_BN[:4]), sum(PACE_BN[4:PURCHASES_TO_9_APRIL]), PURCHASES_TO_9_APRIL, BOUGHT_BN) == (
        157,
        1070,
        20,
        1070,
    )
    assert list(PACE_BN[3:5]) == [40, 75]
    assert list(PACE_BN[13:21]) == [75, 60, 60, 50, 50, 50, 50, 30]
    assert list(PACE_BN[PURCHASES_TO_9_APRIL:]) == [30] * 5 + [15] * 5 + [8] * 5 + [7] * 5


def test_the_whole_effect_by_hand() -> None:
    """Over two sessions of half of all purchases each asset and yield moves as from 18 March to 9 April 2020."""
    path = purchase_effects(
        np.array([BOUGHT_BN / 2, BOUGHT_BN / 2]), {"yield_10y": 10.0, "yield_20y": 20.0, "yield_3m": 0.25}
    )
    moved = {role: math.exp(np.sum(moves)) for role, moves in path.growth.items()}
    expected = {"stocks": 1.166, "gold": 1.128, "dollar": 0.986, "vix": 41.67 / 76.45}
    assert moved == {role: pytest.approx(value, abs=1e-12) for role, value in expected.items()}
    shifted = {role: np.sum(moves) for role, moves in path.shifts.items()}
    expected = {"credit_spread": -0.2, "yield_10y": -0.45, "yield_20y": -0.435}
    assert shifted == {role: pytest.approx(value, abs=1e-12) for role, value in expected.items()}


def test_hedged_purchases_move_nothing() -> None:
    """Where the trades are hedged the path is that of nothing."""
    path = purchase_effects(np.array([100.0]), {"yield_10y": 10.0}, hedged=True)
    assert not any(np.any(moves) for moves in (*path.growth.values(), *path.shifts.values()))


@pytest.mark.parametrize(("years", "moves"), [(0.99, None), (1.0, -0.45), (10.0, -0.45), (30.0, -0.42), (40.0, -0.42)])
def test_yields_of_a_year_and_more_move(years: float, moves: float | None) -> None:
    """Below ten years as the ten-year does, above thirty as that."""
    shifts = purchase_effects(np.array([BOUGHT_BN]), {"yield": years}).shifts
    assert (shifts["yield"].tolist() if "yield" in shifts else None) == (moves and [pytest.approx(moves)])
