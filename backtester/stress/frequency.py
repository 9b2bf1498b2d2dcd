"""What if joint sell-offs came more often? Thousands of paths of twenty years, resampled from the history.

1. `make_deck` gathers what is drawn together: the session returns of all assets, of bills and of the pair.
2. `tilt.Tilts` weights the starts of blocks so that joint sell-offs are k times as frequent.
3. `draw_paths` simulates every static book, and its mix, in the kernel on every path: no code of a strategy runs.
   `dynamic.dynamic_paths` runs the other strategies, on fewer paths.
4. `Fates` has final wealth, deepest fall, growth over the mix, and the years whose spending was not paid.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from backtester.analysis.blocks import block_length
from backtester.analysis.pair import Lenses
from backtester.analysis.period import measure_period
from backtester.arrays import Array, Flags, Integers
from backtester.engine.evaluate import Evaluation
from backtester.engine.kernel import Orders, TradingTerms
from backtester.engine.many import make_orders, make_prices, run_again
from backtester.engine.schedule import decisions
from backtester.engine.simulate import book_terms
from backtester.errors import ScenarioError
from backtester.histories.market import Market
from backtester.histories.sessions import period_ends
from backtester.stress.fates import Fates, Plan, deepest, growth_over, unpaid_years, year_end_places
from backtester.stress.starting_point import following
from backtester.stress.tilt import Blocks, count_windows, draw

COUNTED = 1000  # paths on which joint sell-offs are counted, enough to know their mean to a hundredth


@dataclass(frozen=True, eq=False)
class Deck:
    """What paths are drawn from: the market of the sessions on which everything has a level, the returns of its assets
    (n, K), 0 where an asset has none, and of bills (n,); the days (n,) of each session; the blocks; the roles
    of both legs."""

    market: Market
    returns: Array
    bills: Array
    days: Array
    blocks: Blocks
    legs: tuple[str, str]


def make_deck(market: Market, first: int, lenses: Lenses, held: Sequence[str]) -> Deck:
    """The deck of a market from session number `first` on. Raise ScenarioError if a role in `held` has a gap there."""
    part = market.since(first)
    levels = part.levels[part.assets].to_numpy(dtype=np.float64)
    gaps = [role for role in held if np.isnan(part.levels[role].to_numpy(dtype=np.float64)).any()]
    if gaps:
        raise ScenarioError(f"{gaps[0]} has no level on every session from {part.sessions[0].date()}; leave it out")
    with np.errstate(invalid="ignore"):
        returns = np.nan_to_num(levels[1:] / levels[:-1] - 1)
    period = measure_period(part, lenses)
    pair = np.array(period.legs).T
    moves = pair[1:] / pair[:-1] - 1
    asked = int(np.ceil(block_length(np.abs(moves[:, 2]))))
    blocks = Blocks(moves, period.windows.joint, max(part.rhythm.block_sessions, asked), period.rule)
    return Deck(part, returns, part.bill_returns[1:], part.days[1:].astype(np.float64), blocks, lenses.legs)


def is_static(run: Evaluation) -> bool:
    """Whether targets never change and are traded in one tranche, so that no strategy has to run on a path."""
    targets = run.targets.to_numpy()
    return bool((targets == targets[:1]).all() and run.schedule.tranches == 1)


def sessions_of(deck: Deck, years: int) -> int:
    """The sessions of a path of so many years."""
    return round(years * deck.market.rhythm.sessions_a_year)


def draw_paths(
    deck: Deck, runs: Sequence[Evaluation], shares: Array, chances: Array, plan: Plan, threads: int | None = None
) -> Fates:
    """The fates of static books and their mixes with constant shares (S, 2), on every path of a plan.

    Joint sell-offs are counted on the first `COUNTED` paths.
    """
    books, count, a_year = len(runs), sessions_of(deck, plan.years), deck.market.rhythm.sessions_a_year
    groups, ends = _books(deck, runs, shares, plan.years), year_end_places(a_year, plan)
    falls, years = np.zeros((plan.paths, books)), np.zeros((plan.paths, 2 * books, len(ends)))
    windows, sums = np.zeros(min(plan.paths, COUNTED), np.int64), np.cumsum(chances)

    def work(numbers: range) -> None:
        walks = [_walk(deck, group, count) for group in groups]
        for number in numbers:
            rows = draw(sums, deck.blocks.block_sessions, count, (plan.seed, number))
            for group, walk in zip(groups, walks, strict=True):
                navs, own = walk(rows), len(group.places) // 2
                falls[number, group.places[:own]] = deepest(navs[:own])
                years[number, group.places] = navs[:, ends]
            if number < len(windows):
                windows[number] = count_windows(deck.blocks, rows)

    cores = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, [range(start, plan.paths, cores) for start in range(cores)]))
    own, mixes = years[:, :books], years[:, books:]
    growth = np.where(np.isfinite(shares).all(axis=1), growth_over(own, mixes, plan.years), np.nan)
    return Fates(own[..., -1] / own[..., 0], falls, growth, unpaid_years(own, plan), windows)


@dataclass(frozen=True, eq=False)
class _Group:
    """Books of one schedule and band: their places among all books, the returns (n, K) of the assets that any of them
    holds, which of these are funded, their orders and their terms."""

    places: Integers
    returns: Array
    funded: list[bool]
    orders: Orders
    terms: TradingTerms


def _books(deck: Deck, runs: Sequence[Evaluation], shares: Array, years: int) -> list[_Group]:
    """The strategies and then their mixes, which trade by the same schedule and band, in groups that share these."""
    assets, count = deck.market.assets, sessions_of(deck, years)
    sessions = following(deck.market, count).insert(0, deck.market.sessions[-1])
    calendar = period_ends(sessions, deck.market.rhythm.span)
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, run in enumerate(runs):
        groups.setdefault((run.schedule, run.book.band, run.book.lag), []).append(place)
    made = []
    for places in groups.values():
        run = runs[places[0]]
        own = [
            runs[place].targets.iloc[-1].reindex(assets, fill_value=0.0).to_numpy(dtype=np.float64) for place in places
        ]
        mixes = [_mix_targets(shares[place], [assets.index(leg) for leg in deck.legs], len(assets)) for place in places]
        targets = pd.DataFrame([*own, *mixes], columns=assets)
        held = [asset for asset in assets if targets[asset].to_numpy().any()]
        flags = _with_first_trade(decisions(run.schedule, calendar, first=0), run.book.lag)
        every = np.array([*places, *(place + len(runs) for place in places)], np.int64)
        made.append(
            _Group(
                places=every,
                returns=np.ascontiguousarray(deck.returns[:, [assets.index(asset) for asset in held]]),
                funded=[deck.market.history.is_funded(asset) for asset in held],
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


def _walk(deck: Deck, group: _Group, count: int) -> Callable[[Integers], Array]:
    """A function from the rows (T,) of a path to the net asset values (2S, T + 1) of a group's books, from the close
    before the path; its next call overwrites them."""
    still = group.terms.lag + 1
    none = np.zeros(still + count)
    prices = make_prices(np.zeros((still + count, len(group.funded))), none, none.copy(), group.funded)
    run = run_again(prices, group.orders, group.terms)
    drawn = ((group.returns, prices.returns), (deck.bills, prices.bills), (deck.days / 365, prices.years))

    def walk(rows: Integers) -> Array:
        for past, path in drawn:
            np.take(past, rows, axis=0, out=path[still:], mode="clip")
        return run()[:, group.terms.lag :]

    return walk
