"""One book to a portfolio: arrays for the kernel in, named accounts out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.engine.book import Book
from backtester.engine.costs import BP, Costs
from backtester.engine.kernel import Kept, Orders, Prices, Terms
from backtester.engine.many import LINES, make_orders, make_prices, make_terms, run_many
from backtester.errors import DataError, RecipeError, did_you_mean

EVERYTHING = ("nav", "weights", "gains", "charges", "lines", "turnover", "moved")


@dataclass(frozen=True)
class Ended:
    """An asset that was held when it ended: its last session, and what share of NAV went to cash at its last price."""

    asset: str
    last: pd.Timestamp
    weight: float


@dataclass(frozen=True)
class Accounts:
    """A simulated portfolio by session; money is in units of the starting value.

    `nav`, `turnover` (T,); `weights`, `gains` and `charges`, the costs of trading, (T, assets); `lines` (T, interest
    financing costs fees); `moved` (tranches, T), the share of its gaps to the targets that each tranche traded, by
    schedule or band. The change of nav is the sum of gains + interest - financing - costs - fees; costs are the
    sum of charges. `ruin` is the session on which nav fell to zero: that session's lines show the whole loss, nav stays
    at zero.
    """

    nav: "pd.Series[float]"
    weights: pd.DataFrame
    gains: pd.DataFrame
    charges: pd.DataFrame
    lines: pd.DataFrame
    turnover: "pd.Series[float]"
    moved: Array
    ruin: pd.Timestamp | None
    ended: tuple[Ended, ...]


def simulate(book: Book) -> Accounts:
    """The accounts of one book; a tranche's ruin, which another tranche would have to pay for, is refused."""
    kept = run_many(book_prices(book), book_orders(book), book_terms(book), keep=EVERYTHING, threads=1)
    _refuse_missing(book, kept)
    if len(kept.ruin) > 1:
        _refuse_ruin(book, kept)
        kept = _merged(kept)
    return _accounts(book, kept)


def warm_up() -> None:
    """Nothing, once the kernel is compiled and in its cache, from which other processes start."""
    one = np.zeros((1, 1))
    run_many(make_prices(one, one[0], one[0], one[0]), make_orders(one[None], one[0]), make_terms(one[0], np.zeros(4)))


def book_prices(book: Book) -> Prices:
    """What the kernel sees of the market; a DataError says what the book wants to hold without a value."""
    market, targets, levels = book.market, book.targets, book.levels
    if np.isnan(market.bill_returns).any():
        raise DataError(
            f"history {market.history.name!r} has no bills, which cash earns; add 'bills' to its manifest or frame"
        )
    absent = np.isnan(levels)
    ends = np.array(book.ends, dtype=np.int64)
    returns = np.zeros_like(levels)
    returns[1:] = levels[1:] / levels[:-1] - 1
    if absent.any():
        _refuse_absent(book, absent & (np.arange(len(levels))[:, None] < ends))
        returns[np.isnan(returns)] = 0.0  # nothing is held there: the kernel tells where that is not so
    funded = np.array([market.history.is_funded(asset) for asset in targets.columns])
    lost = absent & np.vstack([~absent[:1], ~absent[:-1]])
    prices = make_prices(returns, market.bill_returns, market.days, funded)
    return prices._replace(ends=ends, breaks=np.require(np.argwhere(lost), np.int64, ["C", "W"]))


def book_orders(book: Book) -> Orders:
    """What the kernel sees of targets and decisions; tranches share the targets."""
    return make_orders(book.targets.to_numpy()[None], book.tranches)


def book_terms(book: Book) -> Terms:
    """What the kernel sees of costs and bands; a RecipeError says what costs more than the portfolio is worth."""
    history, costs = book.market.history, book.costs
    for asset in costs.assets:
        if asset not in book.market.assets:
            raise RecipeError(f"costs name {asset!r}, which cannot be held; {did_you_mean(asset, book.market.assets)}")
    sides = [costs.sides(asset, funded=history.is_funded(asset)) for asset in book.targets.columns]
    rates = BP * np.array([[side.buy_bps for side in sides], [side.sell_bps for side in sides]])
    if (np.abs(book.targets.to_numpy()) @ rates.max(axis=0) >= 1).any():
        raise RecipeError("trading costs of this leverage exceed the portfolio; lower --cost-bps or the weights")
    terms = make_terms(rates, yearly_rates(costs), lag=book.lag, band=book.band, min_trade=book.min_trade)
    fixed = BP * costs.fixed_bps * len(book.tranches)  # of the tranche's own start, which is a part of the whole
    return terms._replace(fixed=fixed, relative_band=float(book.relative_band), to_edge=book.to_edge)


def yearly_rates(costs: Costs) -> Array:
    """The yearly costs as the kernel takes them, fractions: cash spread, borrow spread, short fee, management fee."""
    return BP * np.array(
        [costs.cash_spread_bps, costs.borrow_spread_bps, costs.short_fee_bps, costs.management_fee_bps]
    )


def _refuse_absent(book: Book, absent: Flags) -> None:
    """Nothing, unless a target is decided, or traded `lag` sessions later, where its asset has no value."""
    wanted = book.targets.to_numpy() != 0
    bad = wanted & absent
    bad[book.lag :] |= wanted[: len(wanted) - book.lag] & absent[book.lag :]
    if bad.any():
        session, place = np.argwhere(bad)[0]
        when = "where it has no value" if (~absent[:session, place]).any() else "before it has a value"
        raise DataError(f"{book.targets.columns[place]} is held on {_date(book, session)}, {when}")


def _refuse_missing(book: Book, kept: Kept) -> None:
    """Nothing, unless something was still held on a session on which it had no value any more."""
    sessions = kept.broken[kept.broken >= 0]
    if len(sessions):
        session = int(sessions.min())
        lost = np.isnan(book.levels[session]) & (kept.weights[:, session - 1] != 0).any(axis=0)
        asset = book.targets.columns[int(lost.argmax())]
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
    traded = kept.nav + kept.lines[:, :, LINES.index("costs")]
    means = {name: getattr(kept, name).mean(axis=0, keepdims=True) for name in ("nav", "gains", "charges", "lines")}
    return kept._replace(
        **means,
        weights=(worth[:, :, None] * kept.weights).sum(axis=0, keepdims=True),
        turnover=(traded / traded.sum(axis=0) * kept.turnover).sum(axis=0, keepdims=True),
        ruin=kept.ruin[:1],
    )


def _ended(book: Book, weights: Array) -> tuple[Ended, ...]:
    """The assets that were held, or are wanted, when they end."""
    sessions, wanted = book.market.sessions, book.targets.to_numpy() != 0
    return tuple(
        Ended(asset, sessions[end - 1], float(weights[end - 1, place]))
        for place, (asset, end) in enumerate(zip(book.targets.columns, book.ends, strict=True))
        if end < len(sessions) and (weights[end - 1, place] != 0 or wanted[end:, place].any())
    )


def _accounts(book: Book, kept: Kept) -> Accounts:
    sessions, assets, ruin = book.market.sessions, list(book.targets.columns), int(kept.ruin[0])
    return Accounts(
        nav=pd.Series(kept.nav[0], sessions, name="nav"),
        weights=pd.DataFrame(kept.weights[0], sessions, assets, copy=False),
        gains=pd.DataFrame(kept.gains[0], sessions, assets, copy=False),
        charges=pd.DataFrame(kept.charges[0], sessions, assets, copy=False),
        lines=pd.DataFrame(kept.lines[0], sessions, list(LINES)),
        turnover=pd.Series(kept.turnover[0], sessions, name="turnover"),
        moved=kept.moved,
        ruin=sessions[ruin] if ruin >= 0 else None,
        ended=_ended(book, kept.weights[0]),
    )
