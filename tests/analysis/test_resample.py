"""Resampled scorecards: every figure against the witnesses, draws against their law, intervals and blocks by hand."""

import os
from collections.abc import Callable
from statistics import NormalDist
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap, optimal_block_length
from scipy.stats import ks_2samp

from analysed import Analysed, analysed, tracks_of
from backtester.analysis import resample as resample_module
from backtester.analysis.blocks import ResamplePlan, block_length, draw_rows
from backtester.analysis.pair import reference_pair
from backtester.analysis.period import Period, other_definitions
from backtester.analysis.resample import (
    BILLS,
    Resamples,
    TrackRecords,
    bootstrap,
    interval,
    make_plan,
    make_track_records,
    mean_payoffs,
    resample,
    smallest_clear,
    widened,
)
from backtester.analysis.resample_kernel import fill_resampled_levels, new_resample_workspace
from backtester.analysis.scorecard import PAYOFF_INDEX, SCORECARD_FIGURES
from backtester.analysis.sell_offs_kernel import Rule
from backtester.arrays import Array, Integers
from backtester.histories.market import Market, load_market
from backtester.plugins.loader import Library
from resampling import clustered_tracks, slow_figures
from resampling import tracks_of as made_of

AT = {name: place for place, name in enumerate(SCORECARD_FIGURES)}
RULE = Rule(-0.05, -0.005)


@pytest.fixture(scope="module")
def usual(us: Market, library: Library) -> Analysed:
    """The reference, volatility targeting, gold, and bills for bonds on the embedded history."""
    overlays = ("vol_target", "gold_overlay", "bills_for_bonds")
    return analysed(us, library, ["sixty_forty", *(f"sixty_forty + {name}" for name in overlays)])


@pytest.fixture(scope="module")
def records(usual: Analysed) -> TrackRecords:
    return tracks_of(usual, np.arange(4))


def made_tracks(seed: int, sessions: int, *, scale: float = 1.0) -> TrackRecords:
    """Stocks, bonds, their 60/40, and two strategies of four fifths of it and a noise."""
    chance = np.random.default_rng(seed)
    stocks, bonds = chance.normal(0, 0.012 * scale, sessions), chance.normal(0, 0.004 * scale, sessions)
    market = np.array([stocks, bonds, 0.6 * stocks + 0.4 * bonds, np.full(sessions, 1e-4)])
    return made_of(market, chance.normal(0, 0.003 * scale, (2, sessions)))


def agree(records: TrackRecords, rows: Integers) -> int:
    """How many joint sell-offs there are, once kernel and witnesses agree on every figure.

    1e-10 of each figure's size, or of 1: both sum some thousand terms whose rounding differs.
    """
    figures, windows, _ = resample(records, rows, RULE)
    slow, count = slow_figures(records, rows, RULE)
    assert windows == count
    for fast, expected in zip(figures, slow, strict=True):
        assert list(fast) == pytest.approx(
            [expected[name] for name in SCORECARD_FIGURES], rel=1e-10, abs=1e-10, nan_ok=True
        )
    return windows


def test_the_sample_itself_has_the_point_figures(usual: Analysed, records: TrackRecords) -> None:
    """All sessions in their own order give the 21 joint sell-offs and every figure of the scorecard, to 1e-12; what is
    refitted is nothing, since mixes have no slopes left."""
    figures, windows, _ = resample(records, np.arange(len(records.days)), RULE)
    assert windows == 21
    np.testing.assert_allclose(figures, usual.analysis.scorecards, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("number", range(3))
def test_a_resample_has_the_figures_of_a_history_in_that_order(records: TrackRecords, number: int) -> None:
    """Sessions in a drawn order give what the witnesses say of a history rebuilt in that order, mixes fitted anew."""
    agree(records, draw_rows(ResamplePlan(4, 134, 7), number, len(records.days)))


@pytest.mark.parametrize("seed", range(8))
def test_so_does_any_walk(seed: int) -> None:
    """On random walks too, with many windows, few, or none at all."""
    made = made_tracks(seed, 300, scale=(0.2, 1.0, 2.0, 3.0)[seed % 4])
    agree(made, draw_rows(ResamplePlan(1, 20, seed), 0, 300))


def test_a_leg_that_is_not_fitted_takes_no_part(records: TrackRecords) -> None:
    """With the first leg alone a mix is fitted on it alone: the second may be the first again, or stand still."""
    made = made_tracks(2, 400, scale=2.0)
    one = TrackRecords(made.returns, made.days, np.array([0]))
    rows = draw_rows(ResamplePlan(1, 20, 1), 0, 400)
    alone, _, _ = resample(one, rows, RULE)
    assert np.isfinite(alone[:, PAYOFF_INDEX]).all()
    assert (alone[:, PAYOFF_INDEX] != resample(made, rows, RULE)[0][:, PAYOFF_INDEX]).all()


def test_sessions_that_follow_each_other_are_a_block() -> None:
    """Of 3, 4, 5, 9, 10 and 0 there are three, which begin at the first, the fourth and the last."""
    source = made_tracks(1, 40).source
    workspace = new_resample_workspace(source, 6)
    fill_resampled_levels(source, np.array([3, 4, 5, 9, 10, 0]), workspace)
    assert workspace.bounds[:4].tolist() == [0, 3, 5, 6]


@pytest.mark.parametrize("seed", range(8))
def test_legs_that_cannot_be_told_apart_have_no_slopes(seed: int) -> None:
    """Where the second leg is half of the first, whatever rounding makes of the difference, no mix is known."""
    made = made_tracks(seed, 300)
    made.returns[:, 1] = (made.returns[:, 0] + made.returns[:, BILLS]) / 2
    workspace = new_resample_workspace(made.source, 300)
    fill_resampled_levels(made.source, np.arange(300), workspace)
    assert np.isnan(workspace.sums).all()
    assert np.isnan(workspace.levels[-1, 1:]).all()


def test_without_windows_only_their_figures_are_undefined() -> None:
    """Where nothing fell no payoff is known, but growth and drawdowns are."""
    figures, windows, _ = resample(made_tracks(1, 300, scale=0.01), np.arange(300), RULE)
    assert windows == 0
    for name in ("beyond_reference.hit_rate", "mean_loss.mix", "beyond_mix.payoff_mean", "beyond_mix.protection"):
        assert np.isnan(figures[:, AT[name]]).all()
    for name in ("growth_annual.over_mix.total", "growth_annual.over_reference.rest", "max_drawdown_reduction"):
        assert np.isfinite(figures[:, AT[name]]).all()


def test_payoffs_at_other_definitions_are_those_of_their_windows(usual: Analysed, records: TrackRecords) -> None:
    """In the sample's own order they are the payoffs in the windows of each definition."""
    period, analysis = usual.period, usual.analysis
    finds: list[Callable[..., Integers]] = list(other_definitions(RULE).values())
    _, _, elsewhere = resample(records, np.arange(len(records.days)), RULE, finds)
    expected = [mean_payoffs(analysis.nav, analysis.mix_nav, find(period.legs)) for find in finds]
    np.testing.assert_allclose(elsewhere, np.array(expected).T, rtol=0, atol=1e-12)
    drawn = bootstrap(records, ResamplePlan(3, 63, 1), RULE, elsewhere=finds)
    assert drawn.elsewhere.shape == (3, 4, len(finds))
    assert np.isfinite(drawn.elsewhere[:, 1:]).all()


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """On 50 made histories whose strategy is its mix and noise, the 90% interval of the payoff holds zero in 41 to 49:
    chance gives fewer, or all, in one case of 40 (`python -m benchmarks size` counts more)."""
    held = 0
    for seed in range(50):
        made = clustered_tracks(1000 + seed, 1500)
        drawn = bootstrap(made, make_plan(made, resamples=100, seed=seed), RULE)
        ends = interval(drawn.figures[:, 0, PAYOFF_INDEX], drawn.used, level=0.9)
        assert ends is not None
        held += ends[0] <= 0 <= ends[1]
    assert 41 <= held <= 49


def test_blocks_have_geometric_lengths_and_start_anywhere() -> None:
    """Over 2,000 draws: a block goes on with probability 1 - 1/20 after any length, and all sessions start alike often.

    Bounds are four standard errors.
    """
    sessions, plan = 500, ResamplePlan(2000, 20, 3)
    rows = np.stack([draw_rows(plan, number, sessions) for number in range(plan.resamples)])
    follows = (rows[:, 1:] - rows[:, :-1]) % sessions == 1
    share = 1 - 1 / 20 + 1 / 20 / sessions  # a new block can by chance start where the old one would go on
    assert follows.mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / follows.size))
    after = follows[:, 1:][follows[:, :-1]]
    assert after.mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / after.size))
    counts = np.bincount(rows[:, 0], minlength=sessions)
    assert ((counts - 4) ** 2 / 4).sum() == pytest.approx(sessions, abs=4 * np.sqrt(2 * sessions))
    assert rows.min() == 0
    assert rows.max() == sessions - 1


def test_draws_spread_a_mean_as_archs_stationary_bootstrap_does() -> None:
    """The mean of an autoregression, drawn 4,000 times by each: mean and deviation agree to four standard errors."""
    values = np.random.default_rng(1).normal(size=800)
    for t in range(1, len(values)):
        values[t] += 0.6 * values[t - 1]
    plan = ResamplePlan(4000, 25, 9)
    ours = np.array([values[draw_rows(plan, number, 800)].mean() for number in range(plan.resamples)])
    theirs = StationaryBootstrap(25, values, seed=4).apply(np.mean, plan.resamples)[:, 0]
    spread = theirs.std()
    assert ours.mean() == pytest.approx(theirs.mean(), abs=4 * spread * np.sqrt(2 / plan.resamples))
    assert ours.std() == pytest.approx(spread, rel=4 / np.sqrt(plan.resamples))
    assert spread > 2 * values.std() / np.sqrt(800)  # drawn one by one they would spread half as much
    assert ks_2samp(ours, theirs).pvalue > 0.01


def test_a_block_can_start_at_any_session() -> None:
    """Of three sessions each is the first of some resample."""
    assert {int(draw_rows(ResamplePlan(1, 2, 1), number, 3)[0]) for number in range(40)} == {0, 1, 2}


def test_blocks_go_round_the_end() -> None:
    """A block that reaches the last session goes on with the first."""
    rows = draw_rows(ResamplePlan(1, 10**6, 5), 0, 50)
    assert (np.diff(rows) % 50 == 1).all()
    assert 0 < rows[0] < 49


def test_the_same_seed_draws_the_same_whatever_the_threads(
    records: TrackRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thread or eight give the same bytes, and another seed gives others."""
    plan = ResamplePlan(25, 63, 11)
    told = []
    for threads in (1, 8):
        monkeypatch.setattr(os, "cpu_count", lambda threads=threads: threads)
        told.append(bootstrap(records, plan, RULE))
    assert told[0].figures.tobytes() == told[1].figures.tobytes()
    assert told[0].windows.tobytes() == told[1].windows.tobytes()
    other = bootstrap(records, ResamplePlan(25, 63, 12), RULE)
    assert other.windows.tobytes() != told[0].windows.tobytes()


def test_more_resamples_keep_those_there_were(records: TrackRecords) -> None:
    """A resample is what its seed and number make it: the first five of fifteen are the five."""
    five, fifteen = (bootstrap(records, ResamplePlan(count, 63, 11), RULE) for count in (5, 15))
    np.testing.assert_array_equal(five.figures, fifteen.figures[:5])


def test_the_first_resamples_have_payoffs_elsewhere_too(records: TrackRecords, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the first two of four, in a window of the first session: no later one has room for them."""
    assert resample_module.FIRST_RESAMPLES == 200
    monkeypatch.setattr(resample_module, "FIRST_RESAMPLES", 2)
    drawn = bootstrap(records, ResamplePlan(4, 63, 11), RULE, elsewhere=[lambda legs, redrawn=None: np.array([[0, 1]])])
    assert drawn.elsewhere.shape == (2, records.strategies, 1)
    assert np.isfinite(drawn.elsewhere).all()


def test_progress_counts_to_the_end(records: TrackRecords) -> None:
    """Whoever listens hears rising counts, the last one being all."""
    heard: list[int] = []
    bootstrap(records, ResamplePlan(25, 63, 1), RULE, progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 25


def test_a_mistake_in_a_thread_is_told(records: TrackRecords) -> None:
    """What goes wrong in a thread goes wrong for whoever asked."""

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bootstrap(records, ResamplePlan(1000, 63, 1), RULE, progress=stop)


def test_the_plan_has_blocks_of_a_quarter_or_longer(records: TrackRecords) -> None:
    """63 sessions where nothing clusters, and 134 on the embedded history, whose volatility does."""
    assert make_plan(made_tracks(1, 1000), resamples=5, seed=2) == ResamplePlan(5, 63, 2)
    assert make_plan(records, resamples=5, seed=2) == ResamplePlan(5, 134, 2)


def all_used(count: int) -> Array:
    return np.ones(count, dtype=bool)


def test_interval_by_hand() -> None:
    """Of 0 to 100 the middle 90% is 5 to 95, the middle 98% 1 to 99."""
    values = np.random.default_rng(1).permutation(101).astype(float)
    assert interval(values, all_used(101), level=0.9) == pytest.approx((5, 95))
    assert interval(values, all_used(101), level=0.98) == pytest.approx((1, 99))


def test_a_figure_often_undefined_has_no_interval() -> None:
    """Up to five in a hundred resamples may leave a figure undefined; with six an end of it may be hidden."""
    values = np.arange(100.0)
    values[:5] = np.nan
    assert interval(values, all_used(100), level=0.9) is not None
    values[5] = np.nan
    assert interval(values, all_used(100), level=0.9) is None


def test_resamples_without_windows_do_not_count_against_a_figure() -> None:
    """A payoff is undefined where there was no window, and its interval is that of the others."""
    values, windows = np.arange(100.0), np.ones(100, dtype=np.int64)
    values[50:], windows[50:] = np.nan, 0
    drawn = Resamples(ResamplePlan(100, 63, 1), values[:, None, None], windows, np.empty((0, 1, 0)))
    assert drawn.used.sum() == 50
    assert interval(values, drawn.used, level=0.9) == pytest.approx((2.45, 46.55))
    assert interval(values, np.zeros(100, dtype=bool), level=0.9) is None


def test_bounds_near_zero_are_zero() -> None:
    """A bound within a millionth of zero is zero, so that rounding makes nothing clear."""
    values = np.linspace(1e-8, 5e-7, 101)
    assert interval(values, all_used(101)) == (0, 0)
    assert interval(np.full(9, -1e-6)) == (0, 0)
    assert interval(np.full(9, 2e-6)) == (2e-6, 2e-6)
    ends = interval(values + 2e-6, all_used(101))
    assert ends is not None
    assert ends[0] > 0


def test_widened_levels_by_hand() -> None:
    """One strategy has 90%, five have 98%."""
    assert [widened(np.linspace(0, 1, 101), tried)[0] for tried in (1, 5)] == pytest.approx([0.05, 0.01])


def test_smallest_clear_by_hand() -> None:
    """Of one strategy 1.645 + 0.842 deviations of the resampled means, of five 2.326 + 0.842."""
    values = np.array([-2.0, 2.0, np.nan]) / np.sqrt(2)  # of deviation 2
    z = NormalDist().inv_cdf
    assert smallest_clear(values, 1) == pytest.approx(2 * (1.6449 + 0.8416), abs=2e-4)
    assert smallest_clear(values, 5) == pytest.approx(2 * (z(0.99) + z(0.8)))
    assert np.isnan(smallest_clear(values[1:], 1))


def autoregression(seed: int) -> Array:
    """A series of some length, each value some share of the one before and chance."""
    chance = np.random.default_rng(seed)
    values, share = chance.normal(size=int(chance.integers(50, 3000))), chance.uniform(-0.5, 0.95)
    for t in range(1, len(values)):
        values[t] += share * values[t - 1]
    return values


def archs(values: Array) -> float:
    return float(optimal_block_length(values)["stationary"].iloc[0])


@pytest.mark.parametrize("seed", range(40))
def test_is_archs(seed: int) -> None:
    """On autoregressions of any strength it is arch's, but a block holds at least one session."""
    values = autoregression(seed)
    assert block_length(values) == pytest.approx(max(1.0, archs(values)), rel=1e-9)


def test_is_archs_on_the_pair() -> None:
    """So it is on the absolute returns of the pair, whose volatility clusters: 133 sessions."""
    moves = np.abs(reference_pair(load_market("us")).nav.pct_change().to_numpy()[1:])
    assert block_length(moves) == pytest.approx(archs(moves), rel=1e-9)
    assert block_length(moves) == pytest.approx(133.2, abs=0.1)


@pytest.mark.parametrize("values", [np.zeros(100), np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0]), np.ones(1)])
def test_is_one_where_nothing_can_be_told(values: Array) -> None:
    """A constant series, or one of up to three sessions, has blocks of one session."""
    assert block_length(values) == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_is_archs_where_swings_grow_or_fade(seed: int) -> None:
    """A correlation is over the sizes of its own two pieces, which differ where one end swings more than the other."""
    values = autoregression(seed)
    for swings in (np.linspace(0.01, 1, len(values)), np.geomspace(1, 1e-3, len(values))):
        assert block_length(values * swings) == pytest.approx(max(1.0, archs(values * swings)), rel=1e-9)


@pytest.mark.parametrize(("sessions", "waves", "longest"), [(30, 2, 10), (60, 3, 20), (400, 10, 60)])
def test_is_never_longer_than_a_third_of_the_series(sessions: int, waves: int, longest: int) -> None:
    """Waves ask for blocks of many of them, and get a third of the series, or three times its root if that is less."""
    assert block_length(np.sin(2 * np.pi * waves * np.arange(sessions) / sessions)) == longest


def test_tracks_are_the_returns_of_what_is_drawn_together() -> None:
    """Of legs, pair, reference, bills, strategies and mixes, in that order, a row a session; the first has none."""
    legs = (np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.5, 1.5]), np.array([1.0, 1.2, 0.6]))
    market = SimpleNamespace(bill_returns=np.array([np.nan, 0.01, 0.02]), days=np.array([0, 1, 3]))
    period = cast(Period, SimpleNamespace(legs=legs, market=market, fitted_legs=np.array([0, 1])))
    records = make_track_records(
        np.array([1.0, 1.1, 1.1]), np.array([[1.0, 4.0, 2.0]]), np.array([[1.0, 1.25, 2.5]]), period
    )
    np.testing.assert_allclose(
        records.returns, [[1.0, 0.5, 0.2, 0.1, 0.01, 3.0, 0.25], [0.5, 0.0, -0.5, 0.0, 0.02, -0.5, 1.0]], atol=1e-15
    )
    assert (records.days.tolist(), records.fitted_legs.tolist(), records.strategies) == ([1.0, 3.0], [0, 1], 1)


def test_mean_payoffs_by_hand() -> None:
    """Two windows in which a strategy returned 100% and -50%, and its mix 50% and 0: the mean of 50 and -50 points."""
    own, mix = np.array([[1.0, 2.0, 1.0], [1.0, 1.0, 2.0]]), np.array([[1.0, 1.5, 1.5], [2.0, 1.0, 1.0]])
    assert mean_payoffs(own, mix, np.array([[0, 1], [1, 2]])).tolist() == [0.0, 0.75]
    assert np.isnan(mean_payoffs(own, mix, np.empty((0, 2), np.int64))).all()
