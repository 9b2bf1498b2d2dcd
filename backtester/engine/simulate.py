"""From books (each has all that determines a portfolio) to accounts: arrays for the kernel, names for its answers."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import partial

import numpy as np

from backtester.arrays import Array, Flags
from backtester.engine.accounts import Accounts, EndedAsset
from backtester.engine.book import Book
from backtester.engine.costs import BP, NO_COSTS, Costs
from backtester.engine.kernel import Kept, Orders, Prices, TradingTerms
from backtester.engine.many import LEDGER_LINES, make_orders, make_prices, make_terms, run_many
from backtester.errors import BacktesterError, DataError, RecipeError, did_you_mean, result_or_error

ACCOUNT_ARRAYS = (  # of `KEEPABLE`, those that `Accounts` have
    "nav",
    "weights",
    "gains",
    "charges",
    "lines",
    "turnover",
    "gap_share",
)


def simulate(book: Book) -> Accounts:
    """The accounts of one book.

    Raise DataError if an asset is held where it has no value, or cash has no return; RecipeError if costs could exceed
    NAV or are stated for an unknown asset, or if one of several tranches is ruined.
    """
    [accounts] = simulate_many([book])
    if isinstance(accounts, BacktesterError):
        raise accounts
    return accounts


def simulate_many(books: Sequence[Book | BacktesterError]) -> list[Accounts | BacktesterError]:
    """What `simulate` returns or raises for each book; a book that is an error already stays that error.

    Books with one `grouping_key` share a call of the kernel.
    """
    results: list[Accounts | BacktesterError | None] = [
        book if isinstance(book, BacktesterError) else None for book in books
    ]
    groups: dict[object, dict[int, Book]] = defaultdict(dict)
    for number, book in enumerate(books):
        if isinstance(book, Book):
            groups[book.grouping_key][number] = book
    for group in groups.values():
        for number, accounts in zip(group, _simulate_group(list(group.values())), strict=True):
            results[number] = accounts
    return [result for result in results if result is not None]


def _simulate_group(books: list[Book]) -> list[Accounts | BacktesterError]:
    """The accounts, or the error, of each of B books with one `grouping_key`."""
    try:
        prices, terms = book_prices(books[0]), book_terms(books[0])
    except BacktesterError as error:
        return [error] * len(books)
    kept = run_many(prices, _orders(books), terms, keep=ACCOUNT_ARRAYS)
    has_not_ended = np.arange(len(books[0].levels))[:, None] < prices.ends
    absent = np.isnan(books[0].levels) & has_not_ended  # (T, K); an asset that has ended is paid out, and may be wanted

    def accounts(number: int) -> Accounts:
        _check_targets(books[number], absent if absent.any() else None, terms)
        tranches = slice(number, None, len(books))  # the rows are in the order of `_orders`
        return _accounts(books[number], prices, Kept._make(array[tranches] for array in kept))

    return [result_or_error(partial(accounts, number)) for number in range(len(books))]


def compile_kernel() -> None:
    """Compile the kernel and write it to the on-disk cache, so that worker processes load it."""
    row = np.zeros(1)  # one book of one asset over one session
    terms = make_terms(row, yearly_rates(NO_COSTS))
    run_many(make_prices(row[None], row, row, row), make_orders(row[None, None], row), terms)


def book_prices(book: Book) -> Prices:
    """The book's market in the kernel's form. Raise DataError if cash has no return on some session."""
    market, levels = book.market, book.levels
    if np.isnan(market.bill_returns).any():
        raise DataError(
            f"history {market.history.name!r} has no bills, which cash earns; add 'bills' to its manifest or frame"
        )
    absent = np.isnan(levels)
    returns = np.zeros_like(levels)
    returns[1:] = levels[1:] / levels[:-1] - 1
    returns[np.isnan(returns)] = 0.0  # no asset should be held there: the kernel reports where one is, as `broken`
    funded = np.array([market.history.is_funded(asset) for asset in book.assets])
    is_break = absent & np.vstack([~absent[:1], ~absent[:-1]])  # no level after one with a level
    prices = make_prices(returns, market.bill_returns, market.days, funded)
    breaks = np.require(np.argwhere(is_break), np.int64, ["C", "W"])
    return prices._replace(ends=np.array(book.ends, dtype=np.int64), breaks=breaks)


def _orders(books: list[Book]) -> Orders:
    """The targets and decisions as the kernel's `Orders`: the first tranche (part of the money) of every book, then all
    second ones, and so on. Decisions that are the same for all are given once."""
    targets = np.stack([book.targets.to_numpy() for book in books])
    decided = np.stack([book.tranches for book in books], axis=1).reshape(-1, targets.shape[1])
    return make_orders(targets, decided[:1] if (decided == decided[0]).all() else decided)


def book_terms(book: Book) -> TradingTerms:
    """The book's costs and bands in the kernel's form. Raise RecipeError if costs are stated for an unknown asset."""
    history, costs = book.market.history, book.costs
    check_cost_assets(costs, history.assets)
    sides = [costs.sides(asset, funded=history.is_funded(asset)) for asset in book.assets]
    rates = BP * np.array([[side.buy_bps for side in sides], [side.sell_bps for side in sides]])
    terms = make_terms(rates, yearly_rates(costs), lag=book.lag, band=book.band, min_trade=book.min_trade)
    fixed = BP * costs.fixed_bps * len(book.tranches)  # of a tranche's start, which is that part of the book's
    return terms._replace(fixed=fixed, relative_band=float(book.relative_band), to_edge=book.to_edge)


def check_cost_assets(costs: Costs, assets: Collection[str]) -> None:
    """Raise RecipeError if the costs name an asset that is not among those that can be held."""
    for asset in costs.assets:
        if asset not in assets:
            raise RecipeError(f"costs name {asset!r}, which cannot be held; {did_you_mean(asset, assets)}")


def yearly_rates(costs: Costs) -> Array:
    """The yearly costs (4,) as the kernel takes them, fractions: cash spread, borrow spread, short fee, management
    fee."""
    return BP * np.array(
        [costs.cash_spread_bps, costs.borrow_spread_bps, costs.short_fee_bps, costs.management_fee_bps]
    )


def _check_targets(book: Book, absent: Flags | None, terms: TradingTerms) -> None:
    """Raise DataError if a target is of an asset without a value, RecipeError if trading it could cost all of NAV.

    `absent` (T, K) marks sessions on which an asset has no value; None if there are none.
    """
    targets = book.targets.to_numpy()
    if absent is not None:
        _check_values(book, targets != 0, absent)
    if (np.abs(targets) @ np.maximum(terms.buy, terms.sell) >= 1).any():
        raise RecipeError("trading costs of this leverage exceed the portfolio; lower --cost-bps or the weights")


def _check_values(book: Book, wanted: Flags, absent: Flags) -> None:
    """Raise DataError if a target other than 0 is decided, or traded `lag` sessions later, where its asset has no
    value."""
    impossible = wanted & absent
    impossible[book.lag :] |= wanted[: len(wanted) - book.lag] & absent[book.lag :]
    if impossible.any():
        session, place = np.argwhere(impossible)[0]
        when = "where it has no value" if (~absent[:session, place]).any() else "before it has a value"
        raise DataError(f"{book.assets[place]} is held on {_date(book, session)}, {when}")


def _check_unbroken(book: Book, kept: Kept) -> None:
    """Raise DataError if an asset was still held on a session on which it has no value and has not ended."""
    sessions = kept.broken[kept.broken >= 0]
    if len(sessions):
        session = int(sessions.min())
        is_cause = np.isnan(book.levels[session]) & (kept.weights[:, session - 1] != 0).any(axis=0)
        asset = book.assets[int(is_cause.argmax())]
        raise DataError(f"{asset} is held on {_date(book, session)}, where it has no value; sell it before")


def _check_tranches(book: Book, kept: Kept) -> None:
    """Raise RecipeError if a tranche was ruined: in one account the other tranches would pay for its loss."""
    ruined = kept.ruin[kept.ruin >= 0]
    if len(ruined):
        raise RecipeError(
            f"one of {len(kept.ruin)} tranches was ruined on {_date(book, int(ruined.min()))}, which the others would "
            "have to pay for; rebalance all at once"
        )


def _date(book: Book, session: int) -> str:
    """The date of a session, by its number."""
    return str(book.market.sessions[session].date())


def _merged(kept: Kept) -> Kept:
    """The arrays of several tranches as those of one book: money is the mean, since each tranche starts from 1; weights
    are averaged by NAV, and turnover by NAV before costs."""
    nav_shares = kept.nav / kept.nav.sum(axis=0)
    before_costs = kept.nav + kept.lines[:, :, LEDGER_LINES.index("costs")]
    means = {name: getattr(kept, name).mean(axis=0, keepdims=True) for name in ("nav", "gains", "charges", "lines")}
    return kept._replace(
        **means,
        weights=(nav_shares[:, :, None] * kept.weights).sum(axis=0, keepdims=True),
        turnover=(before_costs / before_costs.sum(axis=0) * kept.turnover).sum(axis=0, keepdims=True),
        ruin=kept.ruin[:1],
    )


def _ended(book: Book, ends: list[int], weights: Array) -> tuple[EndedAsset, ...]:
    """The assets that end before the market does, and that were held then or are wanted later; `ends` (K,) are their
    first sessions without a level, `weights` (T, K)."""
    sessions, targets = book.market.sessions, book.targets.to_numpy()
    return tuple(
        EndedAsset(asset, sessions[end - 1], float(weights[end - 1, place]))
        for place, (asset, end) in enumerate(zip(book.assets, ends, strict=True))
        if end < len(sessions) and (weights[end - 1, place] != 0 or targets[end:, place].any())
    )


def _accounts(book: Book, prices: Prices, kept: Kept) -> Accounts:
    """The accounts of one book from the kernel's rows of its tranches. Raise DataError or RecipeError as `simulate`."""
    gap_share = kept.gap_share
    _check_unbroken(book, kept)
    if len(kept.ruin) > 1:
        _check_tranches(book, kept)
        kept = _merged(kept)
    ended = _ended(book, prices.ends.tolist(), kept.weights[0])
    return Accounts(sessions=book.market.sessions, assets=book.assets, kept=kept, gap_share=gap_share, ended=ended)
