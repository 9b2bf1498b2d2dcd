"""What a search flatters: published values, cases by hand, noise and skill that are made."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import kurtosis, skew

from backtester.analysis import overfitting
from backtester.analysis.overfitting import (
    backtest_overfitting,
    best_by_chance,
    deflated_sharpe,
    independent_trials,
    probabilistic_sharpe,
    sharpe_ratios,
    walk_forward,
)
from backtester.arrays import Array


@pytest.mark.parametrize(("trials", "deflated"), [(100, 0.9004), (46, 0.9505)])
def test_the_deflated_sharpe_of_the_paper(trials: int, deflated: float) -> None:
    """Bailey and Lopez de Prado (2014), page 100: 2.5 a year of 1,250 days, the best of 100 trials, and of 46."""
    by_chance = best_by_chance(trials, 0.5 / 250)
    found = probabilistic_sharpe(2.5 / math.sqrt(250), by_chance, count=1250, skewness=-3.0, kurtosis=10.0)
    assert found == pytest.approx(deflated, abs=5e-5)
    if trials == 100:
        assert by_chance == pytest.approx(0.1132, abs=5e-5)


@pytest.mark.parametrize(("skewness", "kurtosis", "expected"), [(-2.448, 10.164, 0.913), (0.0, 3.0, 0.982)])
def test_the_probabilistic_sharpe_of_the_paper(skewness: float, kurtosis: float, expected: float) -> None:
    """Bailey and Lopez de Prado (2012): 0.458 a month of 24, as it is and as if it were normal."""
    found = probabilistic_sharpe(0.458, 0.0, count=24, skewness=skewness, kurtosis=kurtosis)
    assert found == pytest.approx(expected, abs=5e-4)


def test_one_trial_has_nothing_to_be_the_best_of() -> None:
    """The best of one is by chance 0, and returns too skewed for the formula have no probability."""
    assert best_by_chance(1.0, 0.5) == 0.0
    assert math.isnan(probabilistic_sharpe(1.0, 0.0, count=9, skewness=3.0, kurtosis=1.0))


def noise(runs: int, periods: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(0, 0.03, (runs, periods))


def test_trials_that_are_alike_are_fewer() -> None:
    """Copies are one trial, independent runs as many as there are, and equal halves of common noise half as many."""
    own, common = noise(40, 4000), noise(1, 4000, 2)
    assert independent_trials(np.repeat(own[:1], 5, axis=0)) == pytest.approx(1.0, abs=1e-9)
    assert independent_trials(own) == pytest.approx(40, rel=0.05)
    assert independent_trials(own + common) == pytest.approx(0.5 + 0.5 * 40, rel=0.05)
    assert independent_trials(np.vstack([own[:1], np.zeros((3, 4000))])) == 1.0


def test_trials_are_those_of_the_correlation_matrix() -> None:
    """The mean correlation without a matrix is that of numpy's."""
    runs = noise(7, 50) + noise(1, 50, 3)
    matrix = np.corrcoef(runs)
    mean = (matrix.sum() - 7) / 42
    assert independent_trials(runs) == pytest.approx(mean + (1 - mean) * 7, rel=1e-12)


def test_the_best_of_noise_is_deflated_and_skill_is_not() -> None:
    """The best of 200 runs of noise looks sure by itself and is not, given that 200 were tried; skill stays sure."""
    runs = noise(200, 240)
    best = int(sharpe_ratios(runs).argmax())
    assert deflated_sharpe(runs, best, trials=1) > 0.97
    assert deflated_sharpe(runs, best, trials=200) < 0.8
    runs[best] += 0.015
    assert deflated_sharpe(runs, best, trials=200) > 0.99


def test_noise_is_overfitted_half_of_the_time_and_one_that_dominates_never() -> None:
    """Over 12,870 splits what is best in one half of pure noise is below the median of the other about as often as not;
    a run that is better in every month is always the best."""
    found = [backtest_overfitting(noise(50, 160, seed)) for seed in range(6)]
    assert {one.splits for one in found} == {12_870}
    assert np.mean([one.probability for one in found]) == pytest.approx(0.5, abs=0.15)
    runs = noise(20, 160)
    runs[7] = np.abs(runs[7]) + 0.1
    assert backtest_overfitting(runs) == (12_870, 0.0, 0.0)


@pytest.mark.parametrize("count", [9, 8])
def test_overfitting_is_that_of_a_plain_loop(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """With four parts the six splits, made one by one, give the same shares; a run that does not vary has none, 0."""
    runs, parts = noise(count, 43), 4
    runs[2] = 0.01
    cut = [runs[:, 3 + 10 * part : 13 + 10 * part] for part in range(parts)]
    below = loses = 0
    for inside in itertools.combinations(range(parts), 2):
        before = np.nan_to_num(sharpe_ratios(np.hstack([cut[part] for part in inside])))
        after = np.nan_to_num(sharpe_ratios(np.hstack([cut[part] for part in range(parts) if part not in inside])))
        best = int(before.argmax())
        below += (after < after[best]).sum() + 1 <= (count + 1) / 2
        loses += after[best] < 0
    monkeypatch.setattr(overfitting, "SPLITS_AT_ONCE", 2)
    assert backtest_overfitting(runs, parts=parts) == (6, below / 6, loses / 6)


def test_what_ties_with_the_median_is_not_above_it() -> None:
    """Copies are at the median in both halves; one that never varies neither gains nor loses."""
    assert backtest_overfitting(np.repeat(noise(1, 40) + 1, 3, axis=0), parts=4) == (6, 1.0, 0.0)
    assert backtest_overfitting(np.zeros((2, 40)), parts=4) == (6, 1.0, 0.0)


def test_two_that_tie_share_their_ranks() -> None:
    """The best two of three, which are copies, have rank 2.5, and the better of three with two copies below it 3."""
    good, bad = noise(1, 40) + 1, noise(1, 40) - 1
    assert backtest_overfitting(np.vstack([good, good, bad]), parts=4) == (6, 0.0, 0.0)
    assert backtest_overfitting(np.vstack([good, bad, bad]), parts=4) == (6, 0.0, 0.0)


def test_the_deflated_sharpe_by_scipys_moments() -> None:
    """Against the best of five by the spread of the ratios that there are; of one alone there is no spread."""
    runs = np.vstack([noise(4, 60) ** 3 + 0.00001, np.full((1, 60), 0.01)])
    ratios = [float(run.mean() / run.std(ddof=1)) for run in runs[:4]]
    moments = {"count": 60, "skewness": float(skew(runs[2])), "kurtosis": float(kurtosis(runs[2], fisher=False))}
    highest = best_by_chance(5, float(np.var(ratios, ddof=1)))
    expected = probabilistic_sharpe(ratios[2], highest, **moments)
    assert 0.01 < expected < 0.99
    assert deflated_sharpe(runs, 2, trials=5) == pytest.approx(expected, rel=1e-12)
    alone = probabilistic_sharpe(ratios[2], 0.0, **moments)
    assert deflated_sharpe(runs[2:][[0, 2]], 0, trials=5) == pytest.approx(alone, rel=1e-12)
    assert math.isnan(deflated_sharpe(runs, 4, trials=5))


def test_the_best_of_two() -> None:
    """Of two the first quantile is the median, 0, and the second that of 1 - 1 / (2 e), 0.90045: equation 1 by hand."""
    assert best_by_chance(2.0, 4.0) == pytest.approx(2 * 0.5772157 * 0.900453, rel=1e-5)
    assert math.isnan(probabilistic_sharpe(1.0, 0.0, count=9, skewness=1.0, kurtosis=1.0))


def test_two_trials() -> None:
    """Two that have nothing in common, or are opposites, are two; two copies one."""
    up, other = [1.0, -1.0, 1.0, -1.0], [1.0, 1.0, -1.0, -1.0]
    assert independent_trials(np.array([up, other])) == pytest.approx(2)
    assert independent_trials(np.array([up, [-one for one in up]])) == 2.0
    assert independent_trials(np.array([up, up])) == pytest.approx(1)


WALKED = np.array([[0.1, 0.2, 0.1, -0.3, -0.2, -0.3, 0.1], [0.0, 0.1, 0.0, 0.2, 0.1, 0.2, 0.3], [np.nan] * 7])


def mean(first: int, end: int) -> Array:
    return np.asarray(WALKED[:, first:end].mean(axis=1))


def test_walking_forward_by_hand() -> None:
    """The first run is best by the third period, the second by the fifth if all the past counts; a third, without a
    score, is never chosen."""
    walk = walk_forward([3, 5], mean)
    assert (walk.starts.tolist(), walk.chosen.tolist()) == ([3, 5], [0, 1])


def test_rolling_forgets() -> None:
    """Of the last two periods alone the second run is best already at the fourth; all the past says no more."""
    assert walk_forward([3, 4, 5, 6], mean, window=[1, 2, 3, 4]).chosen.tolist() == [0, 1, 1, 1]
    assert walk_forward([3, 4, 5, 6], mean).chosen.tolist() == [0, 1, 1, 1]


def test_nothing_to_walk_through() -> None:
    """Without a start there is no choice, and none at a start before which no run has a score."""
    assert [len(part) for part in walk_forward([], mean)] == [0, 0]
    scores = {3: [np.nan, np.nan], 4: [np.nan, -1.0]}
    walk = walk_forward([3, 4], lambda first, end: np.array(scores[end]))
    assert (walk.starts.tolist(), walk.chosen.tolist()) == ([4], [1])


def test_what_does_not_vary_has_no_ratio() -> None:
    """A constant return has no Sharpe ratio."""
    assert np.isnan(sharpe_ratios(np.full((1, 5), 0.01))).all()


def test_a_small_gain_is_no_loss() -> None:
    """Of runs that all gain, however little for their risk, none that is chosen loses afterwards; of losers all do."""
    small = np.tile([1.0, -1.0], 80) + np.arange(5)[:, None] / 100
    assert backtest_overfitting(small + 0.1).loses == 0.0
    assert backtest_overfitting(small - 0.1).loses == 1.0


def test_ratios_of_halves_by_hand() -> None:
    """Over two parts of two sessions each: mean over deviation by N, of what is beyond the usual returns, which are
    added to the mean; a run that does not vary has none."""
    sums, squares = np.array([[2.0, 4.0], [1.0, 4.0]]), np.array([[6.0, 8.0], [9.0, 8.0]])
    halves, usual = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([1.0, 1.0])
    first, second, both = overfitting._ratios(halves[:2], sums, squares, usual, 2).tolist() + (
        overfitting._ratios(halves[2:], sums, squares, usual, 2).tolist()
    )
    assert first == pytest.approx([2 / (3 - 1) ** 0.5, 0])
    assert second == pytest.approx([1.5 / (4.5 - 0.25) ** 0.5, 0])
    assert both == pytest.approx([1.75 / (3.75 - 0.5625) ** 0.5, 0])


@pytest.mark.parametrize(("window", "asked"), [((), [(0, 2), (0, 4)]), ((1, 3), [(1, 2), (3, 4)])])
def test_the_past_that_is_scored(window: tuple[int, ...], asked: list[tuple[int, int]]) -> None:
    """All of it from the first period on, or from where the window begins, up to each start."""
    seen: list[tuple[int, int]] = []

    def score(first: int, end: int) -> Array:
        seen.append((first, end))
        return np.array([1.0, 2.0])

    walk = walk_forward([2, 4], score, window=window)
    assert seen == asked
    assert (walk.starts.tolist(), walk.chosen.tolist()) == ([2, 4], [1, 1])
