"""The shapes of shocks, by hand."""

import pytest

from backtester.stress.shapes import share_reached


@pytest.mark.parametrize(
    ("shape", "sessions", "shares"),
    [
        ("jump", 4, [1, 1, 1, 1]),
        ("line", 4, [0.25, 0.5, 0.75, 1]),
        ("ease_in", 4, [1 / 16, 1 / 4, 9 / 16, 1]),
        ("spike_and_revert", 4, [1, 2 / 3, 1 / 3, 0]),
        ("spike_and_revert", 6, [0.5, 1, 0.75, 0.5, 0.25, 0]),
        ("spike_and_revert", 7, [0.5, 1, 0.8, 0.6, 0.4, 0.2, 0]),
        ("spike_and_revert", 2, [1, 0]),
        ("spike_and_revert", 1, [1]),
        *[(shape, 1, [1]) for shape in ("jump", "line", "ease_in")],
    ],
)
def test_shapes_reach_the_whole(shape: str, sessions: int, shares: list[float]) -> None:
    """All at once, a line, the square of time, or all by a third of the time and back; a spike of one session stays."""
    assert share_reached(shape, sessions) == pytest.approx(shares)
