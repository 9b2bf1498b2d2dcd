"""Runs the kernel for many books over one market: makes the kernel's arrays, and returns those that are asked for.

Threads share the books out; a book's figures are the same, to the last bit, whatever the number of threads. Memory
grows with what is returned: `run_many` returns everything at once, `stream_many` hands it on a few books at a time.
"""

import functools
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numba
import numpy as np
import numpy.typing as npt

from backtester.arrays import Array, Flags, Integers, kernel_floats
from backtester.engine.kernel import (
    LANES,
    Block,
    Kept,
    Orders,
    Prices,
    TradingTerms,
    Workspace,
    new_workspace,
    run_block,
    start_books,
    write_totals,
)

LEDGER_LINES = ("interest", "financing", "costs", "fees")
KEEPABLE = ("nav", "weights", "gains", "charges", "lines", "turnover", "gap_share", "totals")
CACHED_WORKSPACES = 8  # one for each thread and number of assets
THREAD_WORK = 200_000  # books times sessions: with less than this, one more thread costs more than it saves
Values = npt.ArrayLike


def make_prices(returns: Values, bills: Values, days: Values, funded: Values) -> Prices:
    """The `Prices` of assets that never end: `returns` of assets (T, K) and of `bills` (T,), calendar `days` since the
    session before (T,), and flags of the `funded` assets (K,)."""
    table, years = kernel_floats(returns), kernel_floats(days) / 365
    never, none = np.full(table.shape[1], len(table), np.int64), np.zeros((0, 2), np.int64)
    return Prices(
        returns=table, bills=kernel_floats(bills), years=years, funded=_flags(funded), ends=never, breaks=none
    )


def make_orders(targets: Values, decisions: Values, *, rows: Values | None = None) -> Orders:
    """The `Orders` of B books over T sessions.

    `targets` are by session (B, T, K), constant (B, 1, K), or N different ones (B, N, K), where `rows`, (T,) or (B, T),
    are the numbers of those in force. `decisions`, (T,) or (B, T), are flags, or the shares of the gaps (target weight
    less weight held) to be traded.
    An array with one row for all books is shared by them.
    """
    wanted, shares = kernel_floats(targets), np.atleast_2d(kernel_floats(decisions))
    sessions = shares.shape[1]
    if rows is None:
        rows = np.arange(sessions) if wanted.shape[1] == sessions else np.zeros(sessions)
    return Orders(wanted, np.atleast_2d(np.require(rows, np.int64, ["C", "W"])), shares)


def make_terms(
    rates: Values, yearly: Values, *, lag: int = 1, band: float = np.inf, fixed: float = 0.0, min_trade: float = 0.0
) -> TradingTerms:
    """The `TradingTerms` of books that trade all of a gap, without a relative band.

    `rates` (K,), or (2, K) for buying and selling, are costs as fractions of what is traded; `yearly` (4,) are cash
    spread, borrow spread, short fee and management fee.
    """
    buy, sell = np.broadcast_to(kernel_floats(rates), (2, np.shape(rates)[-1]))
    return TradingTerms(
        lag=lag,
        band=float(band),
        relative_band=np.inf,
        to_edge=False,
        min_trade=float(min_trade),
        buy=kernel_floats(buy),
        sell=kernel_floats(sell),
        fixed=float(fixed),
        yearly=kernel_floats(yearly),
    )


def count_books(orders: Orders) -> int:
    """The number of books: arrays with one row for all aside, the number of rows."""
    return max(len(part) for part in orders)


def run_many(
    prices: Prices,
    orders: Orders,
    terms: TradingTerms,
    *,
    keep: Collection[str] = ("nav",),
    threads: int | None = None,
) -> Kept:
    """The accounts of many books, which start with 1 in cash on the first session.

    `keep` are names out of `KEEPABLE`; arrays that are not kept have no rows. `ruin` and `broken` are always kept.
    """
    books = count_books(orders)
    kept = _new_kept(prices, books, keep)

    def work(blocks: Sequence[Block]) -> None:
        _run_blocks((prices, orders, terms), blocks, kept)

    parts = np.linspace(0, books, _threads(threads, books, len(prices.bills)) + 1).astype(int).tolist()
    _in_threads(work, [_blocks(range(first, last)) for first, last in pairwise(parts)])
    return kept


def stream_many(
    prices: Prices,
    orders: Orders,
    terms: TradingTerms,
    consume: Callable[[int, Kept], None],
    *,
    keep: Collection[str] = ("nav",),
    threads: int | None = None,
) -> None:
    """Call `consume` with the accounts of some books at a time, and with the number of the first of them.

    `consume` is called in several threads at once, and must be done with the arrays when it returns.
    """
    books = count_books(orders)
    blocks = _blocks(range(books))
    count = _threads(threads, books, len(prices.bills))

    def work(own_blocks: Sequence[Block]) -> None:
        kept = _new_kept(prices, LANES, keep)
        for block in own_blocks:
            part = kept if block.books == LANES else _new_kept(prices, block.books, keep)
            part.ruin[:] = part.broken[:] = -1
            _run_blocks((prices, orders, terms), [block._replace(row=0)], part)
            consume(block.first, part)

    _in_threads(work, [blocks[first::count] for first in range(count)])


def book_runner(prices: Prices, orders: Orders, terms: TradingTerms) -> Callable[[], Array]:
    """A function that runs the books over what `prices` hold when it is called, and returns their net asset values
    (B, T), which the next call overwrites. It makes its arrays once, for very many short runs."""
    books = count_books(orders)
    kept, space, blocks = _new_kept(prices, books, ("nav",)), new_workspace(len(prices.funded)), _blocks(range(books))

    def run() -> Array:
        kept.ruin[:] = kept.broken[:] = -1
        _run_blocks((prices, orders, terms), blocks, kept, space)
        return kept.nav

    return run


def _blocks(books: range) -> list[Block]:
    """Some of the books, by number, in blocks of at most `LANES`; each book has the row of its number."""
    return [Block(first, min(LANES, books.stop - first), first) for first in books[::LANES]]


def _run_blocks(
    books: tuple[Prices, Orders, TradingTerms], blocks: Sequence[Block], kept: Kept, space: Workspace | None = None
) -> None:
    """Fill `kept` with the accounts of the books in these blocks."""
    space = space or _own_workspace(threading.get_ident(), len(books[0].funded))
    for block in blocks:
        rows = slice(block.row, block.row + block.books)
        start_books(space.lanes)
        run_block(*books, block, space, kept)
        write_totals(space.lanes, kept, rows)


@functools.lru_cache(CACHED_WORKSPACES)
def _own_workspace(thread: int, assets: int) -> Workspace:  # one for each thread, which uses it for block after block
    return new_workspace(assets)


def _in_threads(work: Callable[..., None], tasks: Sequence[object]) -> None:
    """Do the tasks, each in a thread of its own where there are several."""
    if len(tasks) == 1:
        work(tasks[0])
        return
    with ThreadPoolExecutor(len(tasks)) as pool:
        list(pool.map(work, tasks))


def _threads(asked: int | None, books: int, sessions: int) -> int:
    """The number of threads: as asked, or as the work is worth, and at most one for each book."""
    # as many as there are cores, or as the environment says; numba.get_num_threads() would start numba's own threads;
    # from then on nothing could be compiled while the environment states another number, as it does for workers.
    cores = int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]  # numba puts it there
    useful = max(1, books * sessions // THREAD_WORK)
    return max(1, min(asked or min(cores, useful), books))


def _new_kept(prices: Prices, books: int, keep: Collection[str]) -> Kept:
    """Arrays for the accounts of so many books, not yet filled; those that are not kept have no rows."""
    sessions, assets = prices.returns.shape
    shapes = {
        "nav": (sessions,),
        "turnover": (sessions,),
        "gap_share": (sessions,),
        "lines": (sessions, len(LEDGER_LINES)),
        "totals": (1 + len(LEDGER_LINES),),
    }
    tables = {
        name: np.empty((books if name in keep else 0, *shapes.get(name, (sessions, assets)))) for name in KEEPABLE
    }
    return Kept(**tables, ruin=_never(books), broken=_never(books))


def _never(books: int) -> Integers:
    """An array (B,) that says of each book that something never happened."""
    return np.full(books, -1, np.int64)


def _flags(values: Values) -> Flags:
    """The values as C-contiguous, writable flags: True for any number but 0."""
    return np.require(np.asarray(values) != 0, np.bool_, ["C", "W"])
