"""What if joint sell-offs came more often? Thousands of paths of twenty years, resampled from the history.

1. `make_path_source` gathers what is drawn together: the session returns of all assets, of bills and of the pair.
2. `tilt.TiltSearch` weights the starts of blocks so that joint sell-offs are k times as frequent.
3. `draw_paths` simulates every static book, and its mix, in the kernel on every path: no code of a strategy runs.
   `dynamic.dynamic_paths` runs the other strategies, on fewer paths.
4. `PathResults` has final wealth, deepest fall, growth over the mix, and the years whose spending was not paid.
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

COUNTED_PATHS = 1000  # paths on which joint sell-offs are counted, enough to know their mean to a hundredth


@dataclass(frozen=True, eq=False)
class PathSource:
    """The data that paths are drawn from: the market of the sessions on which everything has a level, the returns of
    its assets (n, K), 0 where an asset has none, and of bills (n,); the days (n,) of each session; the blocks; the
    roles of both legs."""

    market: Market
    returns: Array
    bills: Array
    days: Array
    blocks: BlockSource
    legs: tuple[str, str]


def make_path_source(market: Market, first: int, pair_settings: PairSettings, held: Sequence[str]) -> PathSource:
    """The deck of a market from session number `first` on. Raise ScenarioError if a role in `held` has a gap there."""
    part = market.since(first)
    levels = part.levels[part.assets].to_numpy(dtype=np.float64)
    gaps = [role for role in held if np.isnan(part.levels[role].to_numpy(dtype=np.float64)).any()]
    if gaps:
        raise ScenarioError(f"{gaps[0]} has no level on every session from {part.sessions[0].date()}; leave it out")
    with np.errstate(invalid="ignore"):
        returns = np.nan_to_num(levels[1:] / levels[:-1] - 1)
    period = measure_period(part, pair_settings)
    pair = np.array(period.legs).T
    moves = pair[1:] / pair[:-1] - 1
    asked = int(np.ceil(block_length(np.abs(moves[:, 2]))))
    blocks = BlockSource(moves, period.windows.joint, max(part.rhythm.block_sessions, asked), period.rule)
    return PathSource(
        part, returns, part.bill_returns[1:], part.days[1:].astype(np.float64), blocks, pair_settings.legs
    )


def is_static(run: Evaluation) -> bool:
    """Whether targets never change and are traded in one tranche, so that no strategy has to run on a path."""
    targets = run.targets.to_numpy()
    return bool((targets == targets[:1]).all() and run.schedule.tranches == 1)


def sessions_of(source: PathSource, years: int) -> int:
    """The sessions of a path of so many years."""
    return round(years * source.market.rhythm.sessions_a_year)


def draw_paths(
    source: PathSource,
    runs: Sequence[Evaluation],
    shares: Array,
    chances: Array,
    plan: PathPlan,
    threads: int | None = None,
) -> PathResults:
    """The fates of static books and their mixes with constant shares (S, 2), on every path of a plan.

    Joint sell-offs are counted on the first `COUNTED_PATHS` paths.
    """
    books, count, a_year = len(runs), sessions_of(source, plan.years), source.market.rhythm.sessions_a_year
    groups, ends = _books(source, runs, shares, plan.years), year_end_sessions(a_year, plan)
    falls, years = np.zeros((plan.paths, books)), np.zeros((plan.paths, 2 * books, len(ends)))
    windows, sums = np.zeros(min(plan.paths, COUNTED_PATHS), np.int64), np.cumsum(chances)

    def work(numbers: range) -> None:
        walks = [_walk(source, group, count) for group in groups]
        for number in numbers:
            rows = draw_path_rows(sums, source.blocks.block_sessions, count, (plan.seed, number))
            for group, walk in zip(groups, walks, strict=True):
                navs, own = walk(rows), len(group.places) // 2
                falls[number, group.places[:own]] = deepest_falls(navs[:own])
                years[number, group.places] = navs[:, ends]
            if number < len(windows):
                windows[number] = count_windows(source.blocks, rows)

    cores = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, [range(start, plan.paths, cores) for start in range(cores)]))
    own, mixes = years[:, :books], years[:, books:]
    growth = np.where(np.isfinite(shares).all(axis=1), growth_over(own, mixes, plan.years), np.nan)
    return PathResults(own[..., -1] / own[..., 0], falls, growth, unpaid_years(own, plan), windows)


@dataclass(frozen=True, eq=False)
class _Group:
    """Books of one schedule and band: their places among all books, the returns (n, K) of the assets that any of them
    holds, which of these are funded, their orders and their terms."""

    places: Integers
    returns: Array
    funded: list[bool]
    orders: Orders
    terms: TradingTerms


def _books(source: PathSource, runs: Sequence[Evaluation], shares: Array, years: int) -> list[_Group]:
    """The strategies and then their mixes, which trade by the same schedule and band, in groups that share these."""
    assets, count = source.market.assets, sessions_of(source, years)
    sessions = following_sessions(source.market, count).insert(0, source.market.sessions[-1])
    calendar = period_ends(sessions, source.market.rhythm.span)
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, run in enumerate(runs):
        groups.setdefault((run.schedule, run.book.band, run.book.lag), []).append(place)
    made = []
    for places in groups.values():
        run = runs[places[0]]
        own = [
            runs[place].targets.iloc[-1].reindex(assets, fill_value=0.0).to_numpy(dtype=np.float64) for place in places
        ]
        mixes = [
            _mix_targets(shares[place], [assets.index(leg) for leg in source.legs], len(assets)) for place in places
        ]
        targets = pd.DataFrame([*own, *mixes], columns=assets)
        held = [asset for asset in assets if targets[asset].to_numpy().any()]
        flags = _with_first_trade(decisions(run.schedule, calendar, first=0), run.book.lag)
        every = np.array([*places, *(place + len(runs) for place in places)], np.int64)
        made.append(
            _Group(
                places=every,
                returns=np.ascontiguousarray(source.returns[:, [assets.index(asset) for asset in held]]),
                funded=[source.market.history.is_funded(asset) for asset in held],
                orders=make_orders(targets[held].to_numpy()[:, None], flags),
                terms=book_terms(replace(run.book, targets=targets[held])),
            )
        )
    return made


def _mix_targets(shares: Array, legs: list[int], assets: int) -> Array:
    """The mix's shares of the legs as targets of all assets."""
    targets = np.zeros(assets)
    targets[legs] = np.nan_to_num(shares)  # without a mix the growth over it is NaN anyway
    return targets


def _with_first_trade(flags: Flags, lag: int) -> Flags:
    """Decisions with `lag` sessions put before them, the first of which trades, so that a book is invested when the
    path begins; nothing moves in these sessions."""
    before = np.zeros(lag, bool)
    before[:1] = True
    return np.concatenate([before, flags])


def _walk(source: PathSource, group: _Group, count: int) -> Callable[[Integers], Array]:
    """A function from the rows (T,) of a path to the net asset values (2S, T + 1) of a group's books, from the close
    before the path; its next call overwrites them."""
    still = group.terms.lag + 1
    none = np.zeros(still + count)
    prices = make_prices(np.zeros((still + count, len(group.funded))), none, none.copy(), group.funded)
    run = book_runner(prices, group.orders, group.terms)
    drawn = ((group.returns, prices.returns), (source.bills, prices.bills), (source.days / 365, prices.years))

    def walk(rows: Integers) -> Array:
        for past, path in drawn:
            np.take(past, rows, axis=0, out=path[still:], mode="clip")
        return run()[:, group.terms.lag :]

    return walk
