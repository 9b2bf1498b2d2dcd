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


@pytest.mark.parametrize(("scale", "is_refused"), [(1.999, False), (2.0, True), (0.0, False)])
def test_the_largest_scale(scale: float, is_refused: bool) -> None:
    """Half of all can be lost nearly twice; sessions of which nothing is said, and gains, do not count."""
    half = Path(3, returns={"gains": np.array([9.0, 9.0, np.nan]), "gold": np.array([0.5, -0.5, np.nan])})
    if is_refused:
        with pytest.raises(ScenarioError, match=r"^at 2 times the path gold loses 100% in a session; scale it less$"):
            half.scaled(scale)
    else:
        assert half.scaled(scale).returns["gold"][:2] == pytest.approx([0.5 * scale, -0.5 * scale])


@pytest.mark.parametrize(("sessions", "times", "is_refused"), [
    (2520, 1, False), (1260, 2, False), (2521, 1, True), (1261, 2, True), (2, 0, True), (2, -1, True),
])  # fmt: skip
def test_the_longest_path(sessions: int, times: int, is_refused: bool) -> None:
    """Ten years of days, and a path is never hurried."""
    long = Path(sessions, growth={"gold": np.ones(sessions)})
    if is_refused:
        with pytest.raises(
            ScenarioError, match=f"a path of {sessions} sessions cannot be slowed {times} times; at most"
        ):
            long.slowed(times)
    else:
        slow = long.slowed(times)
        assert (slow.sessions, slow.growth["gold"].tolist()) == (2520, [1 / times] * 2520)


def test_each_kind_of_move_by_hand() -> None:
    """Slowed, lengthened and grouped: returns compound, and where nothing is said there are none; others add up."""
    path = Path(
        3,
        {"a": np.array([0.21, np.nan, np.nan])},
        {"b": np.array([1.0, 2, 4])},
        {"c": np.array([8.0, 0, 2])},
        {"d": np.array([2.0, 4, 6])},
    )

    def moves(one: Path) -> list[list[float]]:
        return [
            moves["abcd"[place]].tolist()
            for place, moves in enumerate((one.returns, one.points, one.growth, one.shifts))
        ]

    nan = float("nan")
    slow, long, grouped = path.slowed(2), path.lengthened(4), path.grouped(2)
    assert moves(slow)[0] == pytest.approx([0.1, 0.1, nan, nan, nan, nan], nan_ok=True)
    assert moves(slow)[1:] == [[0.5, 0.5, 1, 1, 2, 2], [4, 4, 0, 0, 1, 1], [1, 1, 2, 2, 3, 3]]
    assert moves(long)[0] == pytest.approx([0.21, nan, nan, nan], nan_ok=True)
    assert moves(long)[1:] == [[1, 2, 4, 0], [8, 0, 2, 0], [2, 4, 6, 0]]
    assert moves(grouped)[0] == pytest.approx([0.21, nan], nan_ok=True)
    assert moves(grouped)[1:] == [[3, 4], [8, 2], [6, 6]]
    assert (slow.sessions, long.sessions, grouped.sessions, path.lengthened(2).sessions) == (6, 4, 2, 3)
    assert moves(path.lengthened(2))[1:] == moves(path)[1:]
    assert moves(path.without({"x"}))[1:] == moves(path)[1:]
    assert path.without({"a", "c"}).roles == {"b", "d"}
    twice = moves(path.scaled(-2))
    assert twice[0] == pytest.approx([-0.42, nan, nan], nan_ok=True)
    assert twice[1:] == [[-2, -4, -8], [-16, 0, -4], [-4, -8, -12]]
