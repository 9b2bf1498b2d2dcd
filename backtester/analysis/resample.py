"""How sure a scorecard is: its sessions drawn again in blocks, all series together, and every figure found anew.

1. `plan` sets the mean length of blocks: 63 sessions, or what the dependence of the pair's absolute returns asks for.
2. `draw_rows` draws sessions by the stationary bootstrap of Politis and Romano (1994), JASA 89, 1303-1313.
3. `resample` rebuilds the levels of all series in that order, finds the sell-offs again, and fills one set of figures.
4. `interval` is the range that holds the middle of them.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np

from backtester.analysis.block_length import block_length
from backtester.analysis.lenses import Thresholds
from backtester.analysis.periods import DAYS_A_YEAR
from backtester.analysis.resample_kernel import Sample, Terms, cards, redraw
from backtester.analysis.scorecard import SAME
from backtester.analysis.selloffs_kernel import Legs, joint_windows, other_windows
from backtester.arrays import Array, Flags, Integers

FEWEST_SESSIONS = 63  # of a mean block: three windows of a sell-off
UNDEFINED_AT_MOST = 0.05  # of the resamples, for a figure to have an interval: more would hide an end of it
RESAMPLES_A_TASK = 10
STOCKS, BONDS, PAIR, REFERENCE, BILLS, STRATEGIES = range(6)
FIGURES = (
    "beta",
    "beyond_mix.stocks_beta",
    "beyond_mix.bonds_beta",
    "hit_rate",
    "payoff_mean",
    "protection",
    "beyond_twin.hit_rate",
    "beyond_twin.payoff_mean",
    "beyond_twin.protection",
    "beyond_mix.hit_rate",
    "beyond_mix.payoff_mean",
    "beyond_mix.protection",
    "beyond_twin.cost_annual",
    "beyond_mix.cost_annual",
    "cost_annual.total",
    "cost_annual.joint_sell_offs",
    "cost_annual.other_sell_offs",
    "cost_annual.rest",
    "break_even_per_year",
    "max_drawdown_reduction",
    "days_under_water_reduction",
)


@dataclass(frozen=True)
class Tracks:
    """What is drawn together, a session a column: `returns` (5 + S, N) of stocks, bonds, pair, reference, bills and the
    strategies, and `days` (N,) since the session before."""

    returns: Array
    days: Array


@dataclass(frozen=True)
class Plan:
    """How many resamples, of which mean block length, and the seed that makes them the same every time."""

    resamples: int
    block_sessions: int
    seed: int


@dataclass(frozen=True)
class Resamples:
    """What came of a plan: `figures` (R, S, F) in the order of FIGURES, NaN where undefined, and `windows` (R,), the
    number of joint sell-offs."""

    plan: Plan
    figures: Array
    windows: Integers

    @property
    def used(self) -> Flags:
        """Which resamples had a joint sell-off at all (R,)."""
        return self.windows > 0


def make_tracks(levels: Array, bills: Array, days: Array) -> Tracks:
    """The tracks of levels by session (4 + S, T), in the order of the returns but for bills; bills and days (T,), their
    first entries unused. No level may be zero: what is ruined cannot be drawn again."""
    moves = levels[:, 1:] / levels[:, :-1] - 1
    return Tracks(np.insert(moves, BILLS, bills[1:], axis=0), days[1:].astype(np.float64))


def make_plan(tracks: Tracks, *, resamples: int, seed: int) -> Plan:
    """The plan with blocks of at least 63 sessions."""
    asked = block_length(np.abs(tracks.returns[PAIR]))
    return Plan(resamples, max(FEWEST_SESSIONS, int(np.ceil(asked))), seed)


def draw_rows(plan: Plan, number: int, sessions: int) -> Integers:
    """The sessions of resample `number`, (sessions,): blocks that start anywhere, of geometric lengths, round the end.

    Each resample has a stream of chance of its own, so that the order in which they are made does not matter.
    """
    chance = np.random.default_rng([plan.seed, number])
    is_first = chance.random(sessions) < 1 / plan.block_sessions
    is_first[:1] = True
    places = np.flatnonzero(is_first)
    shifts = chance.integers(0, sessions, len(places)) - places
    rows: Integers = (np.repeat(shifts, np.diff(places, append=sessions)) + np.arange(sessions)) % sessions
    return rows


def resample(tracks: Tracks, rows: Integers, thresholds: Thresholds) -> tuple[Array, int]:
    """The figures (S, F) of the sessions in the order of `rows`, and how many joint sell-offs there are."""
    bills = tracks.returns[BILLS][rows]
    levels, excess = np.empty((len(tracks.returns), len(rows) + 1)), np.empty((len(tracks.returns), len(rows)))
    redraw(tracks.returns, rows, bills, levels, excess)
    legs = Legs(levels[STOCKS], levels[BONDS], levels[PAIR])
    joint = joint_windows(legs, thresholds)
    sample = Sample(
        bills=bills,
        reference=excess[REFERENCE : REFERENCE + 1],
        legs=excess[STOCKS : BONDS + 1],
        own=excess[STRATEGIES:],
        days=tracks.days[rows],
        reference_level=levels[REFERENCE],
        own_levels=levels[STRATEGIES:],
    )
    figures = np.full((len(levels) - STRATEGIES, len(FIGURES)), np.nan)
    years = float(sample.days.sum()) / DAYS_A_YEAR
    cards(sample, Terms(joint, other_windows(legs, joint, thresholds), SAME, years), figures)
    return figures, len(joint)


def bootstrap(
    tracks: Tracks, plan: Plan, thresholds: Thresholds, progress: Callable[[int], None] = lambda done: None
) -> Resamples:
    """The plan carried out by threads; `progress` hears how many resamples are done."""
    strategies, sessions = len(tracks.returns) - STRATEGIES, len(tracks.days)
    figures = np.full((plan.resamples, strategies, len(FIGURES)), np.nan)
    windows = np.zeros(plan.resamples, np.int64)

    def task(numbers: range) -> int:
        for number in numbers:
            rows = draw_rows(plan, number, sessions)
            figures[number], windows[number] = resample(tracks, rows, thresholds)
        return len(numbers)

    firsts = range(0, plan.resamples, RESAMPLES_A_TASK)
    tasks = [range(first, min(first + RESAMPLES_A_TASK, plan.resamples)) for first in firsts]
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        done = 0
        for future in as_completed([pool.submit(task, numbers) for numbers in tasks]):
            done += future.result()
            progress(done)
    finally:
        pool.shutdown(cancel_futures=True)
    return Resamples(plan, figures, windows)


def interval(values: Array, used: Flags, *, level: float) -> tuple[float, float] | None:
    """The quantiles that leave (1 - level) / 2 of the resamples on either side: the percentile interval.

    `values` (R,) count where they are defined; None where more than 5% of the used resamples have none, since the
    figure may then lie beyond either end.
    """
    defined = np.isfinite(values)
    if not used.any() or (used & ~defined).sum() > UNDEFINED_AT_MOST * used.sum():
        return None
    low, high = np.quantile(values[defined], [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
