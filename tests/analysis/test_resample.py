"""Resampled scorecards: every figure against the public functions, the draws against their law, intervals by hand."""

import os

import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap
from scipy.stats import ks_2samp

from backtester.analysis.lenses import Lenses, Thresholds
from backtester.analysis.pair import reference_pair
from backtester.analysis.resample import (
    BILLS,
    FIGURES,
    PAIR,
    REFERENCE,
    Plan,
    Resamples,
    Tracks,
    bootstrap,
    draw_rows,
    interval,
    make_plan,
    make_tracks,
    resample,
)
from backtester.arrays import Array
from backtester.histories.market import load_market
from resampling import clustered_tracks, slow_figures

HITS = [place for place, name in enumerate(FIGURES) if name.endswith("hit_rate")]
AT = {name: place for place, name in enumerate(FIGURES)}


@pytest.fixture(scope="module")
def tracks() -> Tracks:
    """The embedded history: 70/30, gold with the pair, dollars that lag the pair, and less of it with gold sold."""
    market = load_market("us")
    pair, more = reference_pair(market), reference_pair(market, Lenses(stocks_weight=0.7))
    gold, dollar = (market.levels[role].pct_change().to_numpy()[1:] for role in ("gold", "dollar"))
    base, bills = pair.nav.pct_change().to_numpy()[1:], market.bill_returns[1:]
    late = np.concatenate([[0.0], base[:-1]])
    own = [0.9 * base + 0.1 * gold, 0.5 * base + 0.3 * late + 0.2 * dollar, 0.7 * base - 0.1 * gold + 0.2 * bills]
    levels = [pair.stocks, pair.bonds, pair.nav, pair.nav, more.nav]
    levels += [np.concatenate([[1.0], np.cumprod(1 + one)]) for one in own]
    return make_tracks(np.vstack(levels), market.bill_returns, market.days)


def made_tracks(seed: int, sessions: int, *, scale: float = 1.0) -> Tracks:
    """Stocks, bonds, their 60/40, and over business days two strategies that left it, one that acted half of the time,
    and one that never fell but stood still half of the time."""
    chance = np.random.default_rng(seed)
    stocks, bonds = chance.normal(0, 0.012 * scale, sessions), chance.normal(0, 0.004 * scale, sessions)
    pair, bills = 0.6 * stocks + 0.4 * bonds, np.full(sessions, 1e-4)
    own = 0.7 * pair + chance.normal(0, 0.003 * scale, (2, sessions))
    late = np.arange(sessions) >= sessions // 2
    acted, stood = np.where(late, 0.5 * pair, pair), np.where(late, 0.0, np.abs(pair))
    days = np.resize([1.0, 1.0, 1.0, 1.0, 3.0], sessions)
    return Tracks(np.vstack([stocks, bonds, pair, pair, bills, own, acted, stood]), days)


def agree(tracks: Tracks, rows: "np.typing.NDArray[np.int64]") -> int:
    """How many joint sell-offs there are, once kernel and public functions agree on every figure.

    1e-12 of each figure's size, or of 1: both sum some thousand terms whose rounding differs.
    """
    figures, windows = resample(tracks, rows, Thresholds())
    slow, count = slow_figures(tracks, rows)
    assert windows == count
    for fast, told in zip(figures, slow, strict=True):
        expected = [told[name] for name in FIGURES]
        assert list(fast) == pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True)
    return windows


def test_the_sample_itself_has_the_point_figures(tracks: Tracks) -> None:
    """All sessions in their own order give the 21 joint sell-offs and every figure of the scorecard."""
    assert agree(tracks, np.arange(len(tracks.days))) == 21


@pytest.mark.parametrize("number", range(4))
def test_a_resample_has_the_figures_of_a_history_in_that_order(tracks: Tracks, number: int) -> None:
    """Sessions in a drawn order give what the public functions say of a history rebuilt in that order."""
    agree(tracks, draw_rows(Plan(4, 134, 7), number, len(tracks.days)))


@pytest.mark.parametrize("seed", range(8))
def test_so_does_any_walk(seed: int) -> None:
    """On random walks too, with many windows, few, or none at all."""
    made = made_tracks(seed, 300, scale=(0.2, 1.0, 2.0, 3.0)[seed % 4])
    agree(made, draw_rows(Plan(1, 20, seed), 0, 300))


def test_without_windows_only_their_figures_are_undefined() -> None:
    """Where nothing fell no payoff is told, but betas, total cost and drawdowns are."""
    figures, windows = resample(made_tracks(1, 300, scale=0.01), np.arange(300), Thresholds())
    assert windows == 0
    for name in ("hit_rate", "payoff_mean", "protection", "beyond_twin.payoff_mean", "break_even_per_year"):
        assert np.isnan(figures[:, AT[name]]).all()
    for name in ("beta", "cost_annual.total", "beyond_mix.cost_annual", "max_drawdown_reduction"):
        assert np.isfinite(figures[:, AT[name]]).all()


@pytest.mark.parametrize("rounding", [0.0, 1e-16])
def test_a_reference_of_bills_has_no_betas(rounding: float) -> None:
    """Where the reference differs from bills by rounding at most no beta can be told, and nothing beyond the twin."""
    made = made_tracks(2, 400, scale=2.0)
    made.returns[REFERENCE] = made.returns[BILLS] + np.resize([rounding, 0.0, 0.0, -rounding, 0.0], 400)
    figures, windows = resample(made, np.arange(400), Thresholds())
    assert windows > 0
    for name in ("beta", "beyond_twin.payoff_mean", "beyond_twin.cost_annual"):
        assert np.isnan(figures[:, AT[name]]).all()
    assert np.isfinite(figures[:, AT["beyond_mix.payoff_mean"]]).all()


def test_seventy_thirty_pays_beyond_its_twin_but_not_beyond_its_mix(tracks: Tracks) -> None:
    """70/30 "beats its twin" for holding fewer of the bonds by whose fall the windows were chosen; beyond a mix of the
    same two legs nothing is left of it, but a tenth of a point less: in turmoil it has drifted to fewer stocks."""
    drawn = bootstrap(tracks, make_plan(tracks, resamples=200, seed=1), Thresholds())

    def of(name: str) -> tuple[float, float]:
        told = interval(drawn.figures[:, 0, AT[name]], drawn.used, level=0.9)
        assert told is not None
        return told

    assert of("payoff_mean")[1] < 0  # it loses more than 60/40 does
    assert of("beyond_twin.payoff_mean")[0] > 0.001
    assert of("beyond_mix.payoff_mean")[1] < 0
    assert of("beyond_mix.stocks_beta") == pytest.approx((0.7, 0.7), abs=0.02)  # within a month 70/30 drifts


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """On 50 made histories whose strategy is its twin and noise, the 90% interval of the payoff beyond it, and beyond
    the mix, holds zero in 41 to 49: chance gives fewer, or all, in one case of 40 (the benchmark counts hundreds)."""
    names = ("beyond_twin.payoff_mean", "beyond_mix.payoff_mean")
    held = dict.fromkeys(names, 0)
    for seed in range(50):
        made = clustered_tracks(1000 + seed, 1500)
        drawn = bootstrap(made, make_plan(made, resamples=100, seed=seed), Thresholds())
        for name in names:
            told = interval(drawn.figures[:, 0, AT[name]], drawn.used, level=0.9)
            assert told is not None
            held[name] += told[0] <= 0 <= told[1]
    for count in held.values():
        assert 41 <= count <= 49


def test_blocks_have_geometric_lengths_and_start_anywhere() -> None:
    """Over 2,000 draws: a block goes on with probability 1 - 1/20 after any length, and all sessions start alike often.

    Bounds are four standard errors.
    """
    sessions, plan = 500, Plan(2000, 20, 3)
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
    plan = Plan(4000, 25, 9)
    ours = np.array([values[draw_rows(plan, number, 800)].mean() for number in range(plan.resamples)])
    theirs = StationaryBootstrap(25, values, seed=4).apply(np.mean, plan.resamples)[:, 0]
    spread = theirs.std()
    assert ours.mean() == pytest.approx(theirs.mean(), abs=4 * spread * np.sqrt(2 / plan.resamples))
    assert ours.std() == pytest.approx(spread, rel=4 / np.sqrt(plan.resamples))
    assert spread > 2 * values.std() / np.sqrt(800)  # drawn one by one they would spread half as much
    assert ks_2samp(ours, theirs).pvalue > 0.01


def test_blocks_go_round_the_end() -> None:
    """A block that reaches the last session goes on with the first."""
    rows = draw_rows(Plan(1, 10**6, 5), 0, 50)
    assert (np.diff(rows) % 50 == 1).all()
    assert 0 < rows[0] < 49


def test_the_same_seed_draws_the_same_whatever_the_threads(tracks: Tracks, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread or eight give the same bytes, and another seed gives others."""
    plan = Plan(25, 63, 11)
    told = []
    for threads in (1, 8):
        monkeypatch.setattr(os, "cpu_count", lambda threads=threads: threads)
        told.append(bootstrap(tracks, plan, Thresholds()))
    assert told[0].figures.tobytes() == told[1].figures.tobytes()
    assert told[0].windows.tobytes() == told[1].windows.tobytes()
    other = bootstrap(tracks, Plan(25, 63, 12), Thresholds())
    assert other.windows.tobytes() != told[0].windows.tobytes()


def test_more_resamples_keep_those_there_were(tracks: Tracks) -> None:
    """A resample is what its seed and number make it: the first five of fifteen are the five."""
    five, fifteen = (bootstrap(tracks, Plan(count, 63, 11), Thresholds()) for count in (5, 15))
    np.testing.assert_array_equal(five.figures, fifteen.figures[:5])


def test_progress_counts_to_the_end(tracks: Tracks) -> None:
    """Whoever listens hears rising counts, the last one being all."""
    heard: list[int] = []
    bootstrap(tracks, Plan(25, 63, 1), Thresholds(), heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 25


def test_a_mistake_in_a_thread_is_told(tracks: Tracks) -> None:
    """What goes wrong in a thread goes wrong for whoever asked."""

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bootstrap(tracks, Plan(1000, 63, 1), Thresholds(), stop)


def test_the_plan_has_blocks_of_a_quarter_or_longer(tracks: Tracks) -> None:
    """63 sessions where nothing clusters, and 134 on the embedded history, whose volatility does."""
    assert make_plan(made_tracks(1, 1000), resamples=5, seed=2) == Plan(5, 63, 2)
    assert make_plan(tracks, resamples=5, seed=2) == Plan(5, 134, 2)


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
    drawn = Resamples(Plan(100, 63, 1), values[:, None, None], windows)
    assert drawn.used.sum() == 50
    assert interval(values, drawn.used, level=0.9) == pytest.approx((2.45, 46.55))
    assert interval(values, np.zeros(100, dtype=bool), level=0.9) is None


def test_tracks_are_the_returns_of_levels() -> None:
    """Returns from each level to the next, bills in their place, days as they were."""
    levels = np.array([[1.0, 1.1], [1.0, 0.9], [1.0, 1.02], [2.0, 2.02], [1.0, 1.5]])
    made = make_tracks(levels, np.array([np.nan, 0.001]), np.array([0.0, 3.0]))
    assert made.returns[:, 0] == pytest.approx([0.1, -0.1, 0.02, 0.01, 0.001, 0.5])
    assert list(made.days) == [3.0]
    assert made.returns[PAIR, 0] == pytest.approx(0.02)
