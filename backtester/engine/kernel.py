"""The compiled engine: the accounts of many books, session by session, by the steps of docs/design.md.

`run_block` keeps a block of at most 32 books. They stand side by side in lanes, and each step of a session is a loop
over lanes, so that the processor computes several books at once; a loop reads and writes few arrays, or the compiler
does not vectorise it. A book's figures are the same, to the last bit, whichever books stand beside it. An array with
one row for all books is not copied for each. An output with no rows was not asked for, and is not written.

All that numba compiles is in this file, since its cache does not notice edits in others.

A book has what determines a portfolio; a gap is a target weight less the weight held. Shapes: T sessions, K assets, B
books, C rows of output, W lanes, S sessions of a tile. `t` is the session; of the books in the lanes `count` is the
number, `first` the number of the first, and `row` its row in the output.
"""

from typing import Any, NamedTuple

import numpy as np

from backtester.arrays import Array, Flags, Integers
from backtester.compiled import jit, jit_part, jit_shared

LANES = 32  # books of a block
TILE = 32  # sessions whose results are written to the output together
CACHE_LINE = 64  # bytes, the unit in which a processor reads memory
WEIGHT_ROUNDING = 1e-12  # of a weight: a distance that misses the band by less has reached it


class Prices(NamedTuple):
    """The prices of a market, the same for every book.

    returns (T, K), 0 where there is none; bills (T,); years (T,) since the session before; funded (K,);
    ends (K,), the first session without the asset, T where it never ends; breaks (N, 2), the sessions in order on which
    an asset that had a level has none, and which asset.
    """

    returns: Array
    bills: Array
    years: Array
    funded: Flags
    ends: Integers
    breaks: Integers


class Orders(NamedTuple):
    """The orders of each book: targets (1 or B, N, K); rows (1 or B, T), which of the N is in force at each session;
    decisions (1 or B, T), the share of its gaps to them that it trades `lag` sessions later: 0, 1 or between."""

    targets: Array
    rows: Integers
    decisions: Array


class TradingTerms(NamedTuple):
    """The terms of trading of all books, and their costs.

    `band` and `relative_band` are infinite for none; `to_edge`: a trade that a band calls for goes to its edge only;
    `min_trade`, a weight. Costs are fractions: `buy` and `sell` (K,) of what is traded, `fixed` of the start for each
    asset traded, `yearly` (4,): cash spread, borrow spread, short fee, management fee.
    """

    lag: int
    band: float
    relative_band: float
    to_edge: bool
    min_trade: float
    buy: Array
    sell: Array
    fixed: float
    yearly: Array


class Kept(NamedTuple):
    """The arrays that the kernel fills in place, C rows or none.

    nav (C, T); weights (C, T, K) at the close, after any trade; gains and charges (C, T, K), P&L and costs of trading
    by asset; lines (C, T, 4): interest, financing, costs, fees; turnover (C, T); gap_share (C, T), the share of its
    gaps that a schedule or band had the book trade, even where no gap was left; totals (C, 5) after session 0: the sum
    of turnover, and of each line over the NAV that it came from. ruin (C,), the session of ruin, and broken (C,), the
    first on which something was held that has no level there and has not ended: -1 for never.
    """

    nav: Array
    weights: Array
    gains: Array
    charges: Array
    lines: Array
    turnover: Array
    gap_share: Array
    totals: Array
    ruin: Integers
    broken: Integers


class Block(NamedTuple):
    """A block of books: the number of its first book, how many there are, and the output's row of the first."""

    first: int
    books: int
    row: int


class TradingBatch(NamedTuple):
    """The books that trade in a session, packed without gaps: place j has the book of lane lane[j].

    (K, W) by asset: whether it `is_traded`, the `gaps` of weights to be traded, and the weights `wanted` and the
    amounts `held` that `_solve` takes, 0 for an asset that is not traded. (W,): `budget` is NAV less fixed costs;
    `value`, NAV after costs, is what `_solve` finds; `excess`, `slope` and `solved` are of its Newton steps.
    """

    lane: Integers
    is_traded: Flags
    gaps: Array
    wanted: Array
    held: Array
    budget: Array
    value: Array
    excess: Array
    slope: Array
    solved: Flags


class Tile(NamedTuple):
    """The arrays of `Kept` for the last sessions, at most S, with lanes side by side: (S, W), or (S, K, W)."""

    nav: Array
    weights: Array
    gains: Array
    charges: Array
    lines: Array
    turnover: Array
    gap_share: Array


class Lanes(NamedTuple):
    """Books side by side: (W,) a number each, (K, W) an asset each.

    `before` is the NAV at the close before; `lines` (4, W) and `turnover` are the session's; `wanted` are the targets
    in force, from row `at` of each book's own; `gap_share` is the share of its gaps to them that it trades; `distance`
    is how far the weights are from the targets, `gap_sum` the sum of funded gaps, from which it is computed.
    """

    holdings: Array
    cash: Array
    nav: Array
    before: Array
    lines: Array
    turnover: Array
    totals: Array
    wanted: Array
    at: Integers
    gap_share: Array
    distance: Array
    gap_sum: Array


class Workspace(NamedTuple):
    """All arrays of a thread. Each part of the kernel gets only those that it needs, since every argument takes time to
    compile."""

    lanes: Lanes
    batch: TradingBatch
    tile: Tile


def _aligned(rows: int, kind: type = np.float64) -> Any:
    """Zeros (rows, W) on lines of the processor's cache of their own: no vector straddles two, no thread shares one."""
    size = rows * LANES * np.dtype(kind).itemsize
    memory = np.zeros(size + 2 * CACHE_LINE, np.uint8)
    first = -memory.ctypes.data % CACHE_LINE
    return memory[first : first + size].view(kind).reshape(rows, LANES)


def new_workspace(assets: int) -> Workspace:
    """A workspace for so many assets. Arrays are created here, and not by compiled code, which would take longer to
    compile."""

    def table(rows: int = assets) -> Any:
        return _aligned(rows)

    def row(kind: type = np.float64) -> Any:
        return _aligned(1, kind)[0]

    batch = TradingBatch(
        lane=row(np.int64),
        is_traded=_aligned(assets, np.bool_),
        gaps=table(),
        wanted=table(),
        held=table(),
        budget=row(),
        value=row(),
        excess=row(),
        slope=row(),
        solved=row(np.bool_),
    )
    tables = {
        name: table(TILE * depth).reshape(TILE, depth, LANES)
        for name, depth in (("weights", assets), ("gains", assets), ("charges", assets), ("lines", 4))
    }
    tile = Tile(nav=table(TILE), turnover=table(TILE), gap_share=table(TILE), **tables)
    lanes = Lanes(
        holdings=table(),
        cash=row(),
        nav=row(),
        before=row(),
        lines=table(4),
        turnover=row(),
        totals=table(5),
        wanted=table(),
        at=row(np.int64),
        gap_share=row(),
        distance=row(),
        gap_sum=row(),
    )
    return Workspace(lanes, batch, tile)


def start_books(lanes: Lanes) -> None:
    """Put books that start with 1 in cash into all lanes."""
    lanes.at[:] = -1
    for table in (lanes.holdings, lanes.turnover, lanes.lines, lanes.totals):
        table[:] = 0.0
    for table in (lanes.cash, lanes.nav, lanes.before):
        table[:] = 1.0


def write_totals(lanes: Lanes, kept: Kept, rows: slice) -> None:
    """Write the totals of the books in the first lanes to these rows of the output, if they were asked for."""
    if len(kept.totals):
        kept.totals[rows] = lanes.totals[:, : rows.stop - rows.start].T


@jit_part
def _earn(lanes: Lanes, prices: Prices, yearly: Array, t: int, count: int) -> None:
    """Add a session's returns, and interest, financing and fees on what was held at the close before."""
    years, bills = prices.years[t], prices.bills[t]
    lend, borrow = bills - yearly[0] * years, bills + yearly[1] * years
    short_fee, fee = yearly[2] * years, yearly[3] * years
    for w in range(count):
        lanes.before[w] = lanes.nav[w]
        lanes.turnover[w] = 0.0
    for w in range(count):
        lanes.lines[0, w] = max(lanes.cash[w], 0.0) * lend
        lanes.lines[1, w] = max(-lanes.cash[w], 0.0) * borrow
        lanes.lines[2, w] = 0.0
        lanes.lines[3, w] = lanes.nav[w] * fee
    for k in range(len(prices.funded)):
        asset_return = prices.returns[t, k]
        if prices.funded[k]:
            for w in range(count):
                lanes.lines[1, w] += max(-lanes.holdings[k, w], 0.0) * short_fee  # a short future borrows nothing
            for w in range(count):
                lanes.holdings[k, w] += lanes.holdings[k, w] * asset_return
        else:
            for w in range(count):
                gain = lanes.holdings[k, w] * asset_return
                lanes.cash[w] += gain
                lanes.holdings[k, w] += gain
    for w in range(count):
        lanes.cash[w] += lanes.lines[0, w] - lanes.lines[1, w] - lanes.lines[3, w]
        lanes.nav[w] = lanes.cash[w]
    for k in range(len(prices.funded)):
        if prices.funded[k]:
            for w in range(count):
                lanes.nav[w] += lanes.holdings[k, w]


@jit_shared
def _pay_out(prices: Prices, lanes: Lanes, broken: Integers, t: int, places: tuple[int, int]) -> None:
    """Turn holdings of an asset without a level into cash, at its last level, and note books where it has not ended as
    `broken`; `places` are the output's first row and the number of books."""
    row, count = places
    for i in range(len(prices.breaks)):
        if prices.breaks[i, 0] == t:
            k = prices.breaks[i, 1]
            for w in range(count):
                held = lanes.holdings[k, w]
                if held != 0 and prices.ends[k] != t and broken[row + w] < 0:
                    broken[row + w] = t
                if prices.funded[k]:
                    lanes.cash[w] += held
                lanes.holdings[k, w] = 0.0
                if prices.ends[k] == t:
                    lanes.wanted[k, w] = 0.0


@jit_part
def _row(book: int, rows: int) -> int:
    """The row of a book in an array with so many rows: one for all books, one for each, or one for each of the books
    whose tranches are in order (all first ones, all second ones, ...). A division is the last resort: it is slow."""
    return 0 if rows == 1 else book if book < rows else book % rows


@jit_part
def _update_wanted(
    lanes: Lanes, orders: Orders, ends: Integers, times: tuple[int, int], places: tuple[int, int]
) -> None:
    """Set every lane's wanted weights to the targets of session `decided`; 0 for an asset that has ended by session t.

    `times` are t and `decided`, `places` are `first` and `count`.
    """
    (t, decided), (first, count) = times, places
    if len(orders.rows) > 1 or orders.rows[0, decided] != lanes.at[0]:
        for w in range(count):
            at = orders.rows[_row(first + w, len(orders.rows)), decided]
            if at != lanes.at[w]:
                lanes.at[w] = at
                book = _row(first + w, len(orders.targets))
                for k in range(len(ends)):
                    lanes.wanted[k, w] = orders.targets[book, at, k] if t < ends[k] else 0.0


@jit_part
def _follow_schedule(lanes: Lanes, decisions: Array, decided: int, first: int, count: int) -> int:
    """The number of lanes that trade by schedule; set the share of its gaps that each lane trades."""
    scheduled = 0
    for w in range(count):
        lanes.gap_share[w] = decisions[_row(first + w, len(decisions)), decided]
        scheduled += lanes.gap_share[w] > 0
    return scheduled


@jit_part
def _measure_distances(lanes: Lanes, funded: Flags, count: int) -> None:
    """Compute each lane's distance from its targets: half the sum of the absolute gaps of funded assets and of cash,
    and the full gaps of unfunded ones."""
    for w in range(count):
        lanes.distance[w] = 0.0
        lanes.gap_sum[w] = 0.0
    for k in range(len(funded)):
        if funded[k]:
            for w in range(count):
                gap = lanes.wanted[k, w] - lanes.holdings[k, w] / lanes.nav[w]
                lanes.distance[w] += 0.5 * abs(gap)
                lanes.gap_sum[w] += gap
        else:
            for w in range(count):
                lanes.distance[w] += abs(lanes.wanted[k, w] - lanes.holdings[k, w] / lanes.nav[w])
    for w in range(count):
        lanes.distance[w] += 0.5 * abs(lanes.gap_sum[w])


@jit_part
def _follow_bands(lanes: Lanes, terms: TradingTerms, count: int) -> int:
    """The number of lanes that have reached a band and trade by no schedule.

    They trade all of their gaps, or up to the edge that is nearest to the targets.
    """
    going, margin = 0, WEIGHT_ROUNDING if terms.to_edge else -WEIGHT_ROUNDING
    beyond = 0
    for w in range(count):
        beyond += lanes.distance[w] >= terms.band + margin
    if beyond or terms.relative_band < np.inf:
        for w in range(count):
            called = lanes.distance[w] >= terms.band + margin
            stay = terms.band / lanes.distance[w] if called and terms.to_edge else 1.0  # the share of gaps to be left
            if terms.relative_band < np.inf:
                for k in range(len(lanes.holdings)):
                    gap = abs(lanes.wanted[k, w] - lanes.holdings[k, w] / lanes.nav[w])
                    edge = terms.relative_band * abs(lanes.wanted[k, w])
                    if gap > WEIGHT_ROUNDING and gap >= edge + margin:
                        called = True
                        stay = min(stay, edge / gap)
            if called and lanes.gap_share[w] == 0:
                lanes.gap_share[w] = 1.0 - stay if terms.to_edge else 1.0
                going += 1
    return going


@jit_shared
def _pack(lanes: Lanes, batch: TradingBatch, terms: TradingTerms, count: int) -> int:
    """Pack the books that trade, and return their number; gaps below `min_trade` are not traded."""
    trading = 0
    for w in range(count):
        if lanes.gap_share[w] > 0 and lanes.nav[w] > 0:
            batch.lane[trading] = w
            batch.budget[trading] = lanes.nav[w]
            trading += 1
    for k in range(len(lanes.holdings)):
        for j in range(trading):
            w = batch.lane[j]
            wanted, held = lanes.wanted[k, w], lanes.holdings[k, w]
            gap = wanted - held / lanes.nav[w]
            change = lanes.gap_share[w] * gap
            is_traded = abs(change) >= terms.min_trade - WEIGHT_ROUNDING
            batch.is_traded[k, j] = is_traded
            batch.gaps[k, j] = change if is_traded else 0.0
            batch.wanted[k, j] = wanted - (gap - change) if is_traded else 0.0
            batch.held[k, j] = held if is_traded else 0.0
            if is_traded and abs(change) > WEIGHT_ROUNDING:
                batch.budget[j] -= terms.fixed
    return trading


@jit_shared
def _solve(batch: TradingBatch, terms: TradingTerms, trading: int) -> None:
    """For each trading book the x that solves x + sum of rate_k * |w_k x - h_k| = its budget, NAV less fixed costs.

    The left side is convex, piecewise linear and rising, so Newton's steps from the budget descend to the root.
    """
    for j in range(trading):
        batch.value[j] = batch.budget[j]
        batch.solved[j] = False
    for _ in range(2 * len(terms.buy) + 2):
        for j in range(trading):
            batch.excess[j] = batch.value[j] - batch.budget[j]
            batch.slope[j] = 1.0
        for k in range(len(terms.buy)):
            buy, sell = terms.buy[k], -terms.sell[k]
            for j in range(trading):
                trade = batch.wanted[k, j] * batch.value[j] - batch.held[k, j]
                rate = buy if trade >= 0 else sell
                batch.excess[j] += rate * trade
                batch.slope[j] += rate * batch.wanted[k, j]
        left = 0
        for j in range(trading):
            step = 0.0 if batch.solved[j] else batch.excess[j] / batch.slope[j]
            batch.value[j] -= step
            batch.solved[j] = abs(step) <= 2e-16 * abs(batch.budget[j])
            left += not batch.solved[j]
        if left == 0:
            break


@jit_shared
def _trade(lanes: Lanes, batch: TradingBatch, terms: TradingTerms, funded: Flags, trading: int) -> None:
    """Set holdings to the wanted weights of NAV after costs, and cash to what is left."""
    for j in range(trading):
        w = batch.lane[j]
        lanes.lines[2, w] = lanes.nav[w] - batch.value[j]
        lanes.nav[w] = lanes.cash[w] = batch.value[j]
        lanes.gap_sum[w] = 0.0
    for k in range(len(funded)):
        for j in range(trading):
            w, gap = batch.lane[j], batch.gaps[k, j]
            if batch.is_traded[k, j]:
                lanes.holdings[k, w] = batch.wanted[k, j] * batch.value[j]
            if funded[k]:
                lanes.cash[w] -= lanes.holdings[k, w]
                lanes.turnover[w] += 0.5 * abs(gap)
                lanes.gap_sum[w] += gap
            else:
                lanes.turnover[w] += abs(gap)
    for j in range(trading):
        lanes.turnover[batch.lane[j]] += 0.5 * abs(lanes.gap_sum[batch.lane[j]])


@jit_shared
def _note_charges(batch: TradingBatch, terms: TradingTerms, charges: Array, count: int, trading: int) -> None:
    """Set `charges` (K, W) to what trading each asset cost in a session."""
    for k in range(len(terms.buy)):
        for w in range(count):
            charges[k, w] = 0.0
        for j in range(trading):
            if batch.is_traded[k, j]:
                trade = batch.wanted[k, j] * batch.value[j] - batch.held[k, j]
                charge = (terms.buy[k] if trade >= 0 else -terms.sell[k]) * trade
                charge += terms.fixed if abs(batch.gaps[k, j]) > WEIGHT_ROUNDING else 0.0
                charges[k, batch.lane[j]] = charge


@jit_part
def _close_ruined(lanes: Lanes, ruin: Integers, t: int, row: int, count: int) -> None:
    """Set books whose NAV is not above zero to zero, and note the session."""
    fallen = 0
    for w in range(count):
        fallen += lanes.nav[w] <= 0
    if fallen:
        for w in range(count):
            if lanes.nav[w] <= 0:
                if ruin[row + w] < 0:
                    ruin[row + w] = t
                lanes.nav[w] = lanes.cash[w] = 0.0
                for k in range(len(lanes.holdings)):
                    lanes.holdings[k, w] = 0.0


@jit_part
def _note(lanes: Lanes, kept: Kept, tile: Tile, t: int, count: int) -> None:
    """Copy what was asked for of a session, at its close, to the tile."""
    at = t % TILE
    for w in range(count):
        tile.nav[at, w] = lanes.nav[w]
    if len(kept.weights):
        for k in range(len(lanes.holdings)):
            for w in range(count):
                tile.weights[at, k, w] = lanes.holdings[k, w] / lanes.nav[w] if lanes.nav[w] > 0 else 0.0
    if len(kept.lines):
        for i in range(4):
            for w in range(count):
                tile.lines[at, i, w] = lanes.lines[i, w]
    if len(kept.turnover):
        for w in range(count):
            tile.turnover[at, w] = lanes.turnover[w]
    if len(kept.totals) and t > 0:
        for w in range(count):
            lanes.totals[0, w] += lanes.turnover[w]
        for i in range(4):
            for w in range(count):
                lanes.totals[i + 1, w] += lanes.lines[i, w] / lanes.before[w] if lanes.before[w] > 0 else 0.0


@jit_part
def _note_gains(prices: Prices, holdings: Array, gains: Array, t: int, count: int) -> None:
    """Copy what each asset earns in session t to the tile, before holdings change."""
    for k in range(len(prices.funded)):
        asset_return = prices.returns[t, k] if t > 0 else 0.0
        for w in range(count):
            gains[t % TILE, k, w] = holdings[k, w] * asset_return


@jit_shared
def _write_row(kept: Array, tile: Array, times: tuple[int, int], row: int, count: int) -> None:
    """Write some sessions of a tile (S, W) to the output `kept` (C, T), if it has rows, a book at a time.

    `times` are the first of these sessions and the one after the last; so in `_write_table`.
    """
    start, stop = times
    if len(kept):
        for w in range(count):
            for t in range(start, stop):
                kept[row + w, t] = tile[t - start, w]


@jit_shared
def _write_table(kept: Array, tile: Array, times: tuple[int, int], row: int, count: int) -> None:
    """Write some sessions of a tile (S, K, W) to the output `kept` (C, T, K), if it has rows, a book at a time."""
    start, stop = times
    if len(kept):
        for w in range(count):
            for t in range(start, stop):
                for k in range(tile.shape[1]):
                    kept[row + w, t, k] = tile[t - start, k, w]


@jit_shared
def _write(kept: Kept, tile: Tile, stop: int, row: int, count: int) -> None:
    """Write the tile, whose last session is before `stop`, to the output: a book at a time, so that memory is written
    in order."""
    times = ((stop - 1) // TILE * TILE, stop)
    _write_row(kept.nav, tile.nav, times, row, count)
    _write_row(kept.turnover, tile.turnover, times, row, count)
    _write_row(kept.gap_share, tile.gap_share, times, row, count)
    _write_table(kept.weights, tile.weights, times, row, count)
    _write_table(kept.gains, tile.gains, times, row, count)
    _write_table(kept.charges, tile.charges, times, row, count)
    _write_table(kept.lines, tile.lines, times, row, count)


@jit
def run_block(prices: Prices, orders: Orders, terms: TradingTerms, block: Block, space: Workspace, kept: Kept) -> None:
    """Keep the books in the lanes over all sessions from the block's first on, filling `kept`.

    From its session of ruin on a book's arrays stay at zero, except that session's gains, charges and lines.
    """
    first, count, row = block.first, block.books, block.row
    lanes, batch, tile = space.lanes, space.batch, space.tile
    banded = min(terms.band, terms.relative_band) < np.inf
    always = banded or len(orders.decisions) > 1
    for t in range(len(prices.returns)):
        trading = 0
        for w in range(count):
            tile.gap_share[t % TILE, w] = 0.0
        if len(kept.gains):
            _note_gains(prices, lanes.holdings, tile.gains, t, count)
        if t > 0:
            _earn(lanes, prices, terms.yearly, t, count)
        if len(prices.breaks):
            _pay_out(prices, lanes, kept.broken, t, (row, count))
        decided = t - terms.lag
        if decided >= 0 and (always or orders.decisions[0, decided] > 0):
            _update_wanted(lanes, orders, prices.ends, (t, decided), (first, count))
            going = _follow_schedule(lanes, orders.decisions, decided, first, count)
            if banded and going < count:
                _measure_distances(lanes, prices.funded, count)
                going += _follow_bands(lanes, terms, count)
            for w in range(count):
                tile.gap_share[t % TILE, w] = lanes.gap_share[w] if lanes.nav[w] > 0 else 0.0
            if going:
                trading = _pack(lanes, batch, terms, count)
                _solve(batch, terms, trading)
                _trade(lanes, batch, terms, prices.funded, trading)
        _close_ruined(lanes, kept.ruin, t, row, count)
        if len(kept.charges):
            _note_charges(batch, terms, tile.charges[t % TILE], count, trading)
        _note(lanes, kept, tile, t, count)
        if (t + 1) % TILE == 0 or t + 1 == len(prices.returns):
            _write(kept, tile, t + 1, row, count)
