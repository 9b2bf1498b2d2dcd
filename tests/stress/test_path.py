"""Paths: scaled, slowed, laid over each other, and grouped for histories with fewer sessions."""

import numpy as np
import pytest

from backtester.errors import ScenarioError
from backtester.stress.path import Path, overlaid

FALL = Path(2, returns={"stocks": np.array([-0.1, 0.2])}, points={"yield_10y": np.array([0.5, -0.25])})


def test_scaling_multiplies_every_move() -> None:
    """At half the scale a fall of 10% is one of 5%, and 50 basis points are 25."""
    half = FALL.scaled(0.5)
    assert half.returns["stocks"] == pytest.approx([-0.05, 0.1])
    assert half.points["yield_10y"] == pytest.approx([0.25, -0.125])


def test_a_loss_beyond_everything_is_refused() -> None:
    """A scale at which an asset would lose more than it is worth is refused, with the asset's name."""
    with pytest.raises(ScenarioError, match="stocks loses 100% in a session; scale it less"):
        FALL.scaled(10)


def test_slowing_keeps_where_the_path_ends() -> None:
    """Three sessions for one give the same total: 0.9 x 1.2 - 1 = 8%, and 25 basis points."""
    slow = FALL.slowed(3)
    assert slow.sessions == 6
    assert np.prod(1 + slow.returns["stocks"]) == pytest.approx(1.08)
    assert slow.points["yield_10y"].sum() == pytest.approx(0.25)
    with pytest.raises(ScenarioError, match="cannot be slowed 2000 times; at most 2520 in all"):
        FALL.slowed(2000)


def test_paths_laid_over_each_other_compound_and_add() -> None:
    """Returns compound, points add up, and the shorter path stands still after its end."""
    both = overlaid(FALL, Path(3, returns={"stocks": np.array([0.5, 0.0, 0.1])}, growth={"vix": np.ones(3)}))
    assert both.sessions == 3
    assert both.returns["stocks"] == pytest.approx([0.35, 0.2, 0.1])
    assert both.points["yield_10y"] == pytest.approx([0.5, -0.25, 0.0])
    assert both.roles == {"stocks", "yield_10y", "vix"}
    longer = overlaid(FALL, FALL.lengthened(4))
    assert longer.returns["stocks"] == pytest.approx([0.9**2 - 1, 1.2**2 - 1, np.nan, np.nan], nan_ok=True)
    assert longer.scaled(0.5).grouped(3).returns["stocks"] == pytest.approx([0.905 * 1.22 - 1, np.nan], nan_ok=True)
    assert both.without({"vix"}).roles == {"stocks", "yield_10y"}


def test_grouping_compounds_sessions() -> None:
    """Two daily sessions in one of a monthly history: 0.9 x 1.2, and the points of both."""
    month = FALL.grouped(21)
    assert month.sessions == 1
    assert month.returns["stocks"] == pytest.approx([0.08])
    assert month.points["yield_10y"] == pytest.approx([0.25])
