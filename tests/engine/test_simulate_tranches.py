"""Tranches as one book, by hand."""

import numpy as np
import pytest

from backtester.engine.kernel import Kept
from backtester.engine.simulate import _merged


def test_tranches_are_merged_by_what_they_are_worth() -> None:
    """Of 0.75 and 0.25 at the close, 1 and 0.25 before costs: money is the mean, weights go by what is left, turnover
    by what there was before costs; a session of ruin is the first one's."""
    nav, lines = np.array([[0.75], [0.25]]), np.zeros((2, 1, 4))
    lines[0, 0, 2] = 0.25
    kept = Kept(
        nav=nav,
        weights=np.array([[[1.0, 0.0]], [[0.0, 1.0]]]),
        gains=np.array([[[0.5, 0.0]], [[0.25, 1.0]]]),
        charges=np.array([[[0.25, 0.0]], [[0.0, 0.5]]]),
        lines=lines,
        turnover=np.array([[0.5], [1.0]]),
        gap_share=np.ones((2, 1)),
        totals=np.zeros((2, 5)),
        ruin=np.array([-1, -1]),
        broken=np.array([-1, -1]),
    )
    merged = _merged(kept)
    assert merged.nav.tolist() == [[0.5]]
    assert merged.weights.tolist() == [[[0.75, 0.25]]]
    assert merged.gains.tolist() == [[[0.375, 0.5]]]
    assert merged.charges.tolist() == [[[0.125, 0.25]]]
    assert merged.lines.tolist() == [[[0.0, 0.0, 0.125, 0.0]]]
    assert merged.turnover.tolist() == [[pytest.approx(0.6)]]
    assert merged.ruin.tolist() == [-1]
