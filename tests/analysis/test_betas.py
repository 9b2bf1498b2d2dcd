"""Betas: by hand, against numpy's and scipy's regressions written out, and where they cannot be told apart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.arrays import Array
from witness.betas import beta_with_neighbours, betas_with_neighbours
from witness.measures import beta

SEEDS = st.integers(0, 10_000)


def by_least_squares(returns: Array, against: list[Array], among: Array) -> list[float]:
    """Dimson's betas again: a row a session that counts, written out, with a constant, by numpy's least squares."""
    rows, answers = [], []
    for t in range(1, len(returns) - 1):
        if among[t]:
            rows.append([1.0, *(one[t + shift] for one in against for shift in (-1, 0, 1))])
            answers.append(returns[t])
    slopes = np.linalg.lstsq(np.array(rows), np.array(answers), rcond=None)[0][1:]
    return [float(part.sum()) for part in slopes.reshape(len(against), 3)]


@given(SEEDS)
def test_neighbours_are_least_squares_written_out(seed: int) -> None:
    """On one and on two series, over all sessions and over some of them."""
    noise = np.random.default_rng(seed).normal(0, 0.01, (4, 200))
    among = noise[3] > -0.005
    everywhere = np.ones(200, dtype=bool)
    assert beta_with_neighbours(noise[0], noise[1]) == pytest.approx(
        by_least_squares(noise[0], [noise[1]], everywhere)[0], rel=1e-9, abs=1e-12
    )
    theirs = by_least_squares(noise[0], [noise[1], noise[2]], among)
    assert list(betas_with_neighbours(noise[0], [noise[1], noise[2]], among=among)) == pytest.approx(
        theirs, rel=1e-8, abs=1e-12
    )


def test_two_legs_are_told_apart() -> None:
    """A third of one leg, and a fifth of the other a session late, are betas of a third and a fifth."""
    legs = np.random.default_rng(3).normal(0, 0.01, (2, 300))
    own = legs[0] / 3 + np.concatenate([[0.0], legs[1][:-1]]) / 5
    assert list(betas_with_neighbours(own, list(legs))) == pytest.approx([1 / 3, 1 / 5], abs=1e-12)


def test_legs_that_move_as_one_have_no_betas() -> None:
    """Twice the same leg, or a leg that does not move, leaves nothing to be told apart."""
    leg = np.random.default_rng(4).normal(0, 0.01, 100)
    assert np.isnan(betas_with_neighbours(leg, [leg, 2 * leg])).all()
    assert np.isnan(betas_with_neighbours(leg, [leg, np.zeros(100)])).all()


def test_few_sessions_have_the_slope_of_the_same_one() -> None:
    """With fewer than thirty sessions the neighbours are left out."""
    noise = np.random.default_rng(5).normal(0, 0.01, (2, 29))
    assert beta_with_neighbours(noise[0], noise[1]) == pytest.approx(beta(noise[0], noise[1]))
    few = np.arange(200) < 20
    wide = np.random.default_rng(6).normal(0, 0.01, (2, 200))
    inside = betas_with_neighbours(wide[0], [wide[1]], among=few)[0]
    assert inside == pytest.approx(beta(wide[0][:20], wide[1][:20]))


def test_nothing_is_known_of_no_session() -> None:
    """Without a session that counts there is no beta."""
    noise = np.random.default_rng(7).normal(0, 0.01, (2, 50))
    assert math.isnan(betas_with_neighbours(noise[0], [noise[1]], among=np.zeros(50, dtype=bool))[0])
