"""The best of many, all resampled together, and clusters of runs."""

import numpy as np
import pytest
from arch.bootstrap import SPA, IIDBootstrap

from backtester.analysis.clusters import make_clusters
from backtester.analysis.reality_check import interval_after_choice, reality_check

DRAWN = np.array([[1.0, 0.0], [3.0, -2.0], [2.0, 1.0], [2.0, -3.0]])


def test_by_hand() -> None:
    """Four resamples of two runs: White's counts the best error, and the interval reaches as far as the largest."""
    found = np.array([2.0, -1.0])  # errors: (-1, 1), (1, -1), (0, 2), (0, -2); their best 1, 1, 2, 0
    assert reality_check(found, DRAWN, 1000).white == 0.25
    low, high = interval_after_choice(
        found, DRAWN, 0, level=1.0
    )  # spreads are sqrt(2/3) and sqrt(10/3); the largest t is 1/sqrt(2/3)
    assert (low, high) == pytest.approx((1.0, 3.0))


def test_what_is_hopeless_does_not_blunt_hansens() -> None:
    """A run with a wide error that one resample in four puts above the best counts while it is near its benchmark, and
    no longer when it is far below; White's counts it always."""
    errors = np.array([[-0.1, 3.0], [0.1, -1.0], [-0.1, -1.0], [0.1, -1.0]])  # of 0.866 and 1.5 standard errors at most
    near, far = np.array([0.12, -1.0]), np.array([0.12, -100.0])  # the best has 1.04 of them
    assert reality_check(near, near + errors, 1000).hansen == 0.25
    assert reality_check(far, far + errors, 1000) == (0.25, 0.0)


def test_nothing_above_the_benchmark_is_no_find() -> None:
    """Where the best is below its benchmark the probability is one."""
    assert reality_check(np.array([-1.0, -2.0]), DRAWN, 1000).hansen == 1.0


@pytest.mark.parametrize("edge", [0.0, 0.08])
def test_arch_agrees(edge: float) -> None:
    """Means of independent returns: arch's test of superior predictive ability has the same probability."""
    chance = np.random.default_rng(8)
    runs = chance.normal(0, 1, (1000, 12)) - 0.02
    runs[:, 3] += edge
    witness = SPA(np.zeros(1000), -runs, block_size=1, reps=2000, bootstrap="stationary", studentize=True, seed=5)
    witness.compute()
    draws = IIDBootstrap(runs, seed=5)
    drawn = np.array([data[0][0].mean(axis=0) for data in draws.bootstrap(2000)])
    ours = reality_check(runs.mean(axis=0), drawn, 1000)
    assert ours.hansen == pytest.approx(witness.pvalues["consistent"], abs=0.04)
    assert ours.white == pytest.approx(witness.pvalues["upper"], abs=0.06)  # as studentised, of one variance


def test_the_interval_after_choosing_holds_for_the_best_of_noise() -> None:
    """Of forty runs without skill the best one's interval holds zero nine times in ten, its own would not."""
    chance, held, own = np.random.default_rng(1), 0, 0
    for _ in range(200):
        found = chance.normal(0, 1, 40)
        drawn = found + chance.normal(0, 1, (300, 40))
        best = int(found.argmax())
        low, high = interval_after_choice(found, drawn, best)
        held += low <= 0 <= high
        low, high = np.quantile(drawn[:, best], [0.05, 0.95])
        own += low <= 0 <= high
    assert held >= 175
    assert own < 100


def test_clusters_are_round_the_least_alike() -> None:
    """Copies share a cluster, the opposite has its own, the best of each stands for it; how near all are is known."""
    wave, other = np.sin(np.arange(40.0)), np.cos(np.arange(40.0) / 3)
    returns = np.array([wave, 2 * wave + 1, -wave, other, np.ones(40), np.zeros(40)])
    found = make_clusters(returns, 0, at_most=9)
    assert sorted(found.centres.tolist()) == [0, 2, 3, 4]
    assert found.own[[0, 1]].tolist() == [0, 0]
    assert found.own[4] == found.own[5]
    assert found.closeness == pytest.approx(1.0)
    merit = np.array([1.0, 2.0, 0.0, 5.0, 1.0, 1.0])
    assert sorted(found.best(merit).tolist()) == [1, 2, 3, 4]
    few = make_clusters(returns, 0, at_most=2)
    assert few.centres.tolist() == [0, 2]
    assert few.closeness < 0.5


def test_clusters_by_hand() -> None:
    """Three runs that have nothing in common are three clusters, a copy of the first and the second's are theirs."""
    first, second, third = np.array([[1.0, -1.0, 1.0, -1.0], [1.0, 1.0, -1.0, -1.0], [1.0, -1.0, -1.0, 1.0]])
    returns = np.array([first, second, 2 * first, third, 3 * second])
    made = make_clusters(returns, 0, at_most=5)
    assert (made.centres.tolist(), made.own.tolist()) == ([0, 1, 3], [0, 1, 0, 2, 1])
    assert made.closeness == pytest.approx(1.0)
    assert made.best(np.array([1.0, 2.0, 3.0, 0.0, 2.0])).tolist() == [2, 1, 3]
    two = make_clusters(returns, 0, at_most=2)
    assert (two.centres.tolist(), two.own.tolist(), two.closeness) == ([0, 1], [0, 1, 0, 0, 1], pytest.approx(0.0))


@pytest.mark.parametrize(
    ("sessions", "found", "hansen"),
    [(1000, -3.92, 0.25), (1000, -3.94, 0.0), (16, -2.85, 0.25), (16, -2.87, 0.0), (3, -2.85, 0.25), (3, -2.87, 0.0)],
)
def test_how_far_below_is_hopeless(sessions: int, found: float, hansen: float) -> None:
    """Further than the root of twice log log of the sessions, and of 16 where there are fewer: 1.966 and 1.428 errors.

    The second run's error is 2; in one resample of four it is 1.5 of them above, which is more than the best's 0.12 of
    0.115.
    """
    errors = np.array([[-0.1, 3.0], [0.1, -1.0], [-0.1, -1.0], [0.1, -1.0]])
    both = np.array([0.12, found])
    assert reality_check(both, both + errors, sessions).hansen == hansen


@pytest.mark.parametrize(("found", "hansen"), [(0.5, 0.5), (1.0, 0.5), (1.01, 0.0), (0.0, 1.0)])
def test_resamples_as_good_as_the_best_are_counted(found: float, hansen: float) -> None:
    """Of errors of 1 up and down half are as large as anything up to 1."""
    errors = np.array([[1.0], [-1.0], [1.0], [-1.0]])
    assert reality_check(np.array([found]), found + errors, 1000).hansen == hansen


@pytest.mark.parametrize(("found", "values"), [(1.0, (0.0, 0.0)), (0.0, (1.0, 1.0))])
def test_what_does_not_vary_is_no_chance(found: float, values: tuple[float, float]) -> None:
    """What every resample finds is sure, above the benchmark or not above it."""
    assert reality_check(np.array([found]), np.full((4, 1), found), 1000) == values
    assert interval_after_choice(np.array([found]), np.full((4, 1), found), 0) == (found, found)
