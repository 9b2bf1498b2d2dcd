"""What if joint sell-offs came more often? Thousands of paths of twenty years, resampled from the history.

1. `make_path_source` gathers the data that sessions are drawn from: returns of all assets, of bills and of the pair.
2. `tilt.TiltSearch` gives blocks of sessions unequal probabilities, so that joint sell-offs are k times as frequent.
3. `draw_paths` simulates strategies whose target weights never change, and the mix of each, on every path: the kernel
   does it, without running a strategy's code. `dynamic.dynamic_paths` runs all other strategies, on fewer paths.
4. `path_results.PathResults` has final wealth, deepest fall, growth over the mix, and years of unpaid spending.

A mix is the fixed shares of the legs (the pair's stocks and bonds) and bills that moved as a strategy did.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from backtester.analysis.blocks import block_length
from backtester.analysis.pair import PairSettings
from backtester.analysis.period import measure_period
from backtester.arrays import Array, Flags, Integers
from backtester.engine.evaluate import Evaluation
from backtester.engine.kernel import Orders, TradingTerms
from backtester.engine.many import book_runner, make_orders, make_prices
from backtester.engine.schedule import decisions
from backtester.engine.simulate import book_terms
from backtester.errors import ScenarioError
from backtester.histories.market import Market
from backtester.histories.sessions import period_ends
from backtester.stress.path_results import (
    PathPlan,
    PathResults,
    deepest_falls,
    growth_over,
    unpaid_years,
    year_end_sessions,
)
from backtester.stress.starting_point import following_sessions
from backtester.stress.tilt import BlockSource, count_windows, draw_path_rows

COUNTED_PATHS = 1000  # on which joint sell-offs are counted: the standard error of their mean is about 1% of it


@dataclass(frozen=True, eq=False)
class PathSource:
    """The data that paths are drawn from: n session returns between the n + 1 sessions of a market.

    `returns` (n, K) are of its assets, 0 where an asset has none, and `bills` (n,) of bills; `days` (n,) are the
    calendar days since the session before; `blocks` has what blocks are drawn by; `legs` are the pair's two roles.
    """

    market: Market
    returns: Array
    bills: Array
    days: Array
    blocks: BlockSource
    legs: tuple[str, str]


def make_path_source(market: Market, first: int, pair_settings: PairSettings, held: Sequence[str]) -> PathSource:
    """The data of a market from session number `first` on. Raise ScenarioError if a role (the name of a series) in
    `held` has a gap there."""
    part = market.since(first)
    levels = part.levels[part.assets].to_numpy(dtype=np.float64)
    gaps = [role for role in held if np.isnan(part.levels[role].to_numpy(dtype=np.float64)).any()]
    if gaps:
        raise ScenarioError(f"{gaps[0]} has no level on every session from {part.sessions[0].date()}; leave it out")
    with np.errstate(invalid="ignore"):
        returns = np.nan_to_num(levels[1:] / levels[:-1] - 1)
    period = measure_period(part, pair_settings)
    pair_levels = np.array(period.legs).T
    pair_moves = pair_levels[1:] / pair_levels[:-1] - 1  # (n, 3): stocks, bonds, the pair
    optimal_length = int(np.ceil(block_length(np.abs(pair_moves[:, 2]))))
    block_sessions = max(part.rhythm.block_sessions, optimal_length)
    blocks = BlockSource(pair_moves, period.windows.joint, block_sessions, period.rule)
    return PathSource(
        market=part,
        returns=returns,
        bills=part.bill_returns[1:],
        days=part.days[1:].astype(np.float64),
        blocks=blocks,
        legs=pair_settings.legs,
    )


def is_static(run: Evaluation) -> bool:
    """Whether target weights never change and all money is traded at once, in one tranche: the strategy need not be run
    on a path."""
    targets = run.targets.to_numpy()
    return bool((targets == targets[:1]).all() and run.schedule.tranches == 1)


def sessions_of(source: PathSource, years: int) -> int:
    """The number of sessions in a path of `years` years."""
    return round(years * source.market.rhythm.sessions_a_year)


def draw_paths(
    source: PathSource,
    runs: Sequence[Evaluation],
    shares: Array,
    chances: Array,
    plan: PathPlan,
    threads: int | None = None,
) -> PathResults:
    """The results of S static strategies (`is_static`), beside their mixes with shares (S, 2), on every path of a plan.

    `chances` (n,) are the probabilities that a block of sessions starts at each row of the source.
    """
    strategies, count, a_year = len(runs), sessions_of(source, plan.years), source.market.rhythm.sessions_a_year
    groups, ends = _book_groups(source, runs, shares, plan.years), year_end_sessions(a_year, plan)
    falls = np.zeros((plan.paths, strategies))
    year_ends = np.zeros((plan.paths, 2 * strategies, len(ends)))  # net asset values: strategies, then mixes
    windows, cumulative = np.zeros(min(plan.paths, COUNTED_PATHS), np.int64), np.cumsum(chances)

    def run_paths(numbers: range) -> None:
        """Fill the results of the paths with these numbers."""
        simulators = [_path_simulator(source, group, count) for group in groups]
        for number in numbers:
            rows = draw_path_rows(cumulative, source.blocks.block_sessions, count, (plan.seed, number))
            for group, simulate_path in zip(groups, simulators, strict=True):
                navs, half = simulate_path(rows), len(group.places) // 2
                falls[number, group.places[:half]] = deepest_falls(navs[:half])  # of strategies, not of mixes
                year_ends[number, group.places] = navs[:, ends]
            if number < len(windows):
                windows[number] = count_windows(source.blocks, rows)

    cores = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(run_paths, [range(start, plan.paths, cores) for start in range(cores)]))
    own, mixes = year_ends[:, :strategies], year_ends[:, strategies:]
    growth = np.where(np.isfinite(shares).all(axis=1), growth_over(own, mixes, plan.years), np.nan)
    wealth, unpaid = own[..., -1] / own[..., 0], unpaid_years(own, plan)
    return PathResults(wealth=wealth, falls=falls, growth=growth, unpaid=unpaid, windows=windows)


@dataclass(frozen=True, eq=False)
class _BookGroup:
    """Books with one schedule, band and lag, which one call of the kernel simulates: strategies, then their mixes.

    `places` are their places among all strategies and then all mixes; `returns` (n, K) those of the assets that any of
    them holds, and `funded` says which of these use cash.
    """

    places: Integers
    returns: Array
    funded: list[bool]
    orders: Orders
    terms: TradingTerms


def _book_groups(source: PathSource, runs: Sequence[Evaluation], shares: Array, years: int) -> list[_BookGroup]:
    """The books of all strategies and their mixes in groups; a mix has the schedule, band and lag of its strategy."""
    assets, count = source.market.assets, sessions_of(source, years)
    sessions = following_sessions(source.market, count).insert(0, source.market.sessions[-1])
    calendar = period_ends(sessions, source.market.rhythm.span)
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, run in enumerate(runs):
        groups.setdefault((run.schedule, run.book.band, run.book.lag), []).append(place)
    book_groups = []
    for places in groups.values():
        run = runs[places[0]]
        own = [runs[place].targets[assets].iloc[-1].to_numpy(dtype=np.float64) for place in places]
        mixes = [
            _mix_targets(shares[place], [assets.index(leg) for leg in source.legs], len(assets)) for place in places
        ]
        targets = pd.DataFrame([*own, *mixes], columns=assets)
        held = [asset for asset in assets if targets[asset].to_numpy().any()]
        flags = _with_first_trade(decisions(run.schedule, calendar, first=0), run.book.lag)
        book_groups.append(
            _BookGroup(
                places=np.array([*places, *(place + len(runs) for place in places)], np.int64),
                returns=np.ascontiguousarray(source.returns[:, [assets.index(asset) for asset in held]]),
                funded=[source.market.history.is_funded(asset) for asset in held],
                orders=make_orders(targets[held].to_numpy()[:, None], flags),
                terms=book_terms(replace(run.book, targets=targets[held])),
            )
        )
    return book_groups


def _mix_targets(shares: Array, legs: list[int], assets: int) -> Array:
    """The target weights (K,) of a mix with these shares of the legs, whose places among the assets are given."""
    targets = np.zeros(assets)
    targets[legs] = np.nan_to_num(shares)  # without a mix the growth over it is NaN anyway
    return targets


def _with_first_trade(flags: Flags, lag: int) -> Flags:
    """The decisions of a path with `lag` sessions put before it, in which prices stand still; the first of them is a
    decision, so that a book is invested when the path begins."""
    before = np.zeros(lag, bool)
    before[:1] = True
    return np.concatenate([before, flags])


def _path_simulator(source: PathSource, group: _BookGroup, count: int) -> Callable[[Integers], Array]:
    """A function that simulates a group's books on a path: from the rows (T,) of its sessions to the net asset values
    (books, T + 1) from the close before the path. Its next call overwrites them."""
    before = group.terms.lag + 1  # sessions before the path, in which nothing moves
    zeros = np.zeros(before + count)
    prices = make_prices(np.zeros((before + count, len(group.funded))), zeros, zeros.copy(), group.funded)
    run = book_runner(prices, group.orders, group.terms)
    drawn = ((group.returns, prices.returns), (source.bills, prices.bills), (source.days / 365, prices.years))

    def simulate_path(rows: Integers) -> Array:
        for past, path in drawn:
            np.take(past, rows, axis=0, out=path[before:], mode="clip")  # rows are valid; "raise" would buffer `out`
        return run()[:, group.terms.lag :]

    return simulate_path
