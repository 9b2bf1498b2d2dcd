"""Books for the kernel's tests: small ones of every kind on grids, and longer ones of arbitrary numbers.

Two right implementations may differ in the last bit of a number, and where that number decides something (is NAV above
zero, has the distance reached the band) they would part ways. So the cases are drawn from grids, on which a distance is
either a tie with the band, and then safely inside its tolerance of 1e-12, or far from it; and cases in which NAV comes
within a hair of zero are left out.
"""

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backtester.arrays import Array
from backtester.engine.kernel import Kept, Orders, Prices, TradingTerms
from backtester.engine.many import KEEPABLE, make_orders, make_prices, make_terms, run_many
from witness import reference

WEIGHTS = (0.0, 0.6, 0.4, 1.0, 0.05, 0.1, 0.25, 2.0, -0.2, -0.5, -1.5)
RETURNS = (0.0, 0.01, -0.01, 0.02, -0.03, -0.6, 0.05, -0.1, 0.2, -0.4)
BANDS = (0.05, 0.0, 0.1, 0.3, np.inf)
SHARES = (0.0, 1.0, 1.0, 0.5, 0.25)  # of the way that decisions go
RATES = (0.0, 0.0001, 0.0002, 0.005, 0.01, 0.05)
YEARLY = (0.0, 0.0025, 0.01, 0.05)


@dataclass(frozen=True)
class Case:
    """What goes into one call of the kernel."""

    prices: Prices
    orders: Orders
    terms: TradingTerms

    @property
    def books(self) -> int:
        return len(self.orders.targets)

    def run(self) -> Kept:
        return run_many(self.prices, self.orders, self.terms, keep=KEEPABLE)

    def with_terms(self, **changes: object) -> "Case":
        return replace(self, terms=self.terms._replace(**changes))

    def reference(self, book: int) -> reference.Path:
        terms = self.terms
        cash_spread, borrow_spread, short_fee, fee = terms.yearly.tolist()
        return reference.simulate(
            self.prices.returns.tolist(),
            self.prices.bills.tolist(),
            (self.prices.years * 365).round().tolist(),
            self.orders.targets[book].tolist(),
            self.orders.decisions[book].tolist(),
            reference.Rules(
                funded=self.prices.funded.tolist(),
                lag=terms.lag,
                buy=terms.buy.tolist(),
                sell=terms.sell.tolist(),
                fixed=terms.fixed,
                cash_spread=cash_spread,
                borrow_spread=borrow_spread,
                short_fee=short_fee,
                fee=fee,
                band=terms.band,
                relative_band=terms.relative_band,
                to_edge=terms.to_edge,
                min_trade=terms.min_trade,
                ends=self.prices.ends.tolist(),
            ),
        )


def with_ends(prices: Prices, ends: list[int]) -> Prices:
    """The same with assets that end: those sessions are the first without them."""
    sessions = len(prices.bills)
    breaks = sorted((end, asset) for asset, end in enumerate(ends) if 0 < end < sessions)
    table = np.array(breaks, dtype=np.int64).reshape(-1, 2)
    returns = prices.returns.copy()
    for asset, end in enumerate(ends):
        returns[end:, asset] = 0.0
    return prices._replace(returns=returns, ends=np.array(ends, dtype=np.int64), breaks=table)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Books of a few sessions on the grids above: levered, short, unfunded, dear, late, ending, and often ruined."""
    sessions, assets, books = draw(st.integers(2, 12)), draw(st.integers(1, 4)), draw(st.integers(1, 3))

    def grid(values: tuple[float, ...], *shape: int) -> Array:
        return draw(arrays(np.float64, shape, elements=st.sampled_from(values), fill=st.nothing()))

    prices = make_prices(
        grid(RETURNS, sessions, assets),
        grid((0.0, 0.0001, 0.002, -0.0001), sessions),
        grid((1.0, 3.0, 4.0), sessions),
        grid((1.0, 0.0), assets),
    )
    orders = make_orders(
        grid(WEIGHTS, books, sessions, assets), grid(SHARES, books, sessions), rows=np.arange(sessions)
    )
    terms = make_terms(
        grid(RATES, 2, assets),
        grid(YEARLY, 4),
        lag=draw(st.integers(0, 5)),
        band=draw(st.sampled_from(BANDS)),
        fixed=draw(st.sampled_from((0.0, 0.0, 0.001))),
        min_trade=draw(st.sampled_from((0.0, 0.0, 0.02, 0.1))),
    )
    ends = [draw(st.sampled_from((sessions, sessions, sessions // 2))) for _ in range(assets)]
    terms = terms._replace(
        relative_band=draw(st.sampled_from((np.inf, np.inf, 0.25, 0.5))), to_edge=draw(st.booleans())
    )
    return Case(with_ends(prices, ends), orders, terms)


def crowd(seed: int) -> Case:
    """Forty books of a hundred sessions of five assets, two of them unfunded, each target in force for ten sessions."""
    random = np.random.default_rng(seed)
    books, sessions, assets = 40, 100, 5
    leverage = 1 + 2 * (seed % 3)
    targets = np.repeat(random.normal(0.3, 0.4, (books, sessions // 10, assets)), 10, axis=1) * leverage
    prices = make_prices(
        random.standard_t(4, (sessions, assets)).clip(-8, 8) * 0.02,
        random.uniform(0, 0.0003, sessions),
        random.choice([1.0, 1.0, 3.0], sessions),
        [1, 1, 1, 0, 0],
    )
    terms = make_terms(
        random.uniform(0, 0.01, (2, assets)),
        random.uniform(0, 0.03, 4),
        lag=seed % 6,
        band=random.choice(BANDS),
        fixed=random.choice([0.0, 0.0001]),
        min_trade=random.choice([0.0, 0.01]),
    )
    terms = terms._replace(relative_band=float(random.choice([0.3, np.inf])), to_edge=bool(seed % 2))
    orders = make_orders(
        targets, (random.random((books, sessions)) < 0.05) * random.choice([1.0, 0.3], (books, sessions))
    )
    return Case(with_ends(prices, [sessions, 70, sessions, sessions, 50]), orders, terms)


def assume_clear_of_zero(path: reference.Path) -> None:
    """Leave out a book whose NAV falls below 1% of its start unless it falls clearly below zero."""
    value = 1.0
    for session, close in enumerate(path.nav):
        interest, financing, costs, fees = path.lines[session]
        earned = value + sum(path.gains[session]) + interest - financing - fees
        value = earned - costs
        assume(all(abs(amount) > 0.01 for amount in (earned, value)))
        if close == 0:
            return


def assert_equal_to_reference(kept: Kept, book: int, path: reference.Path) -> None:
    """Every account of a book is the reference's, to 1e-12."""
    for name in ("nav", "weights", "gains", "charges", "lines", "turnover", "gap_share"):
        ours, theirs = getattr(kept, name)[book], np.array(getattr(path, name))
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12, err_msg=name)
    assert kept.ruin[book] == path.ruin
