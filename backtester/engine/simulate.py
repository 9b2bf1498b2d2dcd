"""Books to portfolios: arrays for the kernel in, named accounts out."""

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

ACCOUNT_ARRAYS = ("nav", "weights", "gains", "charges", "lines", "turnover", "gap_share")


def simulate(book: Book) -> Accounts:
    """The accounts of one book; a tranche's ruin, which another tranche would have to pay for, is refused."""
    [accounts] = simulate_many([book])
    if isinstance(accounts, BacktesterError):
        raise accounts
    return accounts


def simulate_many(books: Sequence[Book | BacktesterError]) -> list[Accounts | BacktesterError]:
    """What `simulate` returns or raises of each book, those that trade one market on the same terms kept together; an
    error stays what it is."""
    done: list[Accounts | BacktesterError | None] = [one if isinstance(one, BacktesterError) else None for one in books]
    groups: dict[object, dict[int, Book]] = defaultdict(dict)
    for place, book in enumerate(books):
        if isinstance(book, Book):
            groups[book.grouping_key][place] = book
    for group in groups.values():
        for place, accounts in zip(group, _simulate_group(list(group.values())), strict=True):
            done[place] = accounts
    return [one for one in done if one is not None]


def _simulate_group(books: list[Book]) -> list[Accounts | BacktesterError]:
    """The accounts of books that `Book.grouping_key` says are alike, all of them tranche by tranche in one call."""
    try:
        prices, terms = book_prices(books[0]), book_terms(books[0])
    except BacktesterError as error:
        return [error] * len(books)
    kept = run_many(prices, _orders(books), terms, keep=ACCOUNT_ARRAYS)
    absent = np.isnan(books[0].levels)
    absent &= np.arange(len(absent))[:, None] < prices.ends

    def accounts(place: int) -> Accounts:
        _refuse(books[place], absent if absent.any() else None, terms)
        return _accounts(books[place], prices, Kept._make(part[place :: len(books)] for part in kept))

    return [result_or_error(partial(accounts, place)) for place in range(len(books))]


def compile_kernel() -> None:
    """Compile the kernel and write it to the cache on disk, from which other processes load it."""
    row = np.zeros(1)
    terms = make_terms(row, yearly_rates(NO_COSTS))
    run_many(make_prices(row[None], row, row, row), make_orders(row[None, None], row), terms)


def book_prices(book: Book) -> Prices:
    """The book's market in the kernel's form. Raise DataError if cash has no return in it."""
    market, levels = book.market, book.levels
    if np.isnan(market.bill_returns).any():
        raise DataError(
            f"history {market.history.name!r} has no bills, which cash earns; add 'bills' to its manifest or frame"
        )
    absent = np.isnan(levels)
    returns = np.zeros_like(levels)
    returns[1:] = levels[1:] / levels[:-1] - 1
    returns[np.isnan(returns)] = 0.0  # nothing is held there: the kernel says where that is not so
    funded = np.array([market.history.is_funded(asset) for asset in book.assets])
    lost = absent & np.vstack([~absent[:1], ~absent[:-1]])
    prices = make_prices(returns, market.bill_returns, market.days, funded)
    breaks = np.require(np.argwhere(lost), np.int64, ["C", "W"])
    return prices._replace(ends=np.array(book.ends, dtype=np.int64), breaks=breaks)


def _orders(books: list[Book]) -> Orders:
    """The targets and decisions as the kernel's `Orders`: the first tranche of every book, then the second; decisions
    that are the same in all of them once."""
    targets = np.stack([book.targets.to_numpy() for book in books])
    decided = np.stack([book.tranches for book in books], axis=1).reshape(-1, targets.shape[1])
    return make_orders(targets, decided[:1] if (decided == decided[0]).all() else decided)


def book_terms(book: Book) -> TradingTerms:
    """Costs and bands in the kernel's form. Raise RecipeError if the costs name an asset that cannot be held."""
    history, costs = book.market.history, book.costs
    check_cost_assets(costs, history.assets)
    sides = [costs.sides(asset, funded=history.is_funded(asset)) for asset in book.assets]
    rates = BP * np.array([[side.buy_bps for side in sides], [side.sell_bps for side in sides]])
    terms = make_terms(rates, yearly_rates(costs), lag=book.lag, band=book.band, min_trade=book.min_trade)
    fixed = BP * costs.fixed_bps * len(book.tranches)  # of the tranche's own start, which is a part of the whole
    return terms._replace(fixed=fixed, relative_band=float(book.relative_band), to_edge=book.to_edge)


def check_cost_assets(costs: Costs, assets: Collection[str]) -> None:
    """Raise RecipeError if the costs name an asset that is not among those that can be held."""
    for asset in costs.assets:
        if asset not in assets:
            raise RecipeError(f"costs name {asset!r}, which cannot be held; {did_you_mean(asset, assets)}")


def yearly_rates(costs: Costs) -> Array:
    """The yearly costs as the kernel takes them, fractions: cash spread, borrow spread, short fee, management fee."""
    return BP * np.array(
        [costs.cash_spread_bps, costs.borrow_spread_bps, costs.short_fee_bps, costs.management_fee_bps]
    )


def _refuse(book: Book, absent: Flags | None, terms: TradingTerms) -> None:
    """Raise an error if trades cost more than the portfolio is worth, or a target has no value to be traded at."""
    targets = book.targets.to_numpy()
    if absent is not None:
        _refuse_absent(book, targets != 0, absent)
    if (np.abs(targets) @ np.maximum(terms.buy, terms.sell) >= 1).any():
        raise RecipeError("trading costs of this leverage exceed the portfolio; lower --cost-bps or the weights")


def _refuse_absent(book: Book, wanted: Flags, absent: Flags) -> None:
    """Raise DataError if a target is decided, or traded `lag` sessions later, where its asset has no value."""
    bad = wanted & absent
    bad[book.lag :] |= wanted[: len(wanted) - book.lag] & absent[book.lag :]
    if bad.any():
        session, place = np.argwhere(bad)[0]
        when = "where it has no value" if (~absent[:session, place]).any() else "before it has a value"
        raise DataError(f"{book.assets[place]} is held on {_date(book, session)}, {when}")


def _refuse_missing(book: Book, kept: Kept) -> None:
    """Raise DataError if something was still held on a session on which it had no value any more."""
    sessions = kept.broken[kept.broken >= 0]
    if len(sessions):
        session = int(sessions.min())
        lost = np.isnan(book.levels[session]) & (kept.weights[:, session - 1] != 0).any(axis=0)
        asset = book.assets[int(lost.argmax())]
        raise DataError(f"{asset} is held on {_date(book, session)}, where it has no value; sell it before")


def _refuse_ruin(book: Book, kept: Kept) -> None:
    ruined = kept.ruin[kept.ruin >= 0]
    if len(ruined):
        raise RecipeError(
            f"one of {len(kept.ruin)} tranches was ruined on {_date(book, int(ruined.min()))}, which the others would "
            "have to pay for; rebalance all at once"
        )


def _date(book: Book, session: int) -> str:
    return str(book.market.sessions[session].date())


def _merged(kept: Kept) -> Kept:
    """One account of several tranches: money is their mean, weights and turnover are by what each is worth."""
    worth = kept.nav / kept.nav.sum(axis=0)
    traded = kept.nav + kept.lines[:, :, LEDGER_LINES.index("costs")]
    means = {name: getattr(kept, name).mean(axis=0, keepdims=True) for name in ("nav", "gains", "charges", "lines")}
    return kept._replace(
        **means,
        weights=(worth[:, :, None] * kept.weights).sum(axis=0, keepdims=True),
        turnover=(traded / traded.sum(axis=0) * kept.turnover).sum(axis=0, keepdims=True),
        ruin=kept.ruin[:1],
    )


def _ended(book: Book, ends: list[int], weights: Array) -> tuple[EndedAsset, ...]:
    """The assets that were held, or are wanted, when they end."""
    sessions, targets = book.market.sessions, book.targets.to_numpy()
    return tuple(
        EndedAsset(asset, sessions[end - 1], float(weights[end - 1, place]))
        for place, (asset, end) in enumerate(zip(book.assets, ends, strict=True))
        if end < len(sessions) and (weights[end - 1, place] != 0 or targets[end:, place].any())
    )


def _accounts(book: Book, prices: Prices, kept: Kept) -> Accounts:
    """The accounts of one book from the rows of its tranches; raise an error if what it held had no value any more, or
    if one of several tranches was ruined, which the others would have to pay for."""
    gap_share = kept.gap_share
    _refuse_missing(book, kept)
    if len(kept.ruin) > 1:
        _refuse_ruin(book, kept)
        kept = _merged(kept)
    return Accounts(
        book.market.sessions, book.assets, kept, gap_share, _ended(book, prices.ends.tolist(), kept.weights[0])
    )
