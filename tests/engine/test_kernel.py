"""The compiled accounts against the reference, and what must hold of any book.

Two right implementations may differ in the last bit of a number, and where that number decides something (is NAV above
zero, has the distance reached the band) they would part ways. So the cases are drawn from grids, on which a distance is
either a tie with the band, and then safely inside its tolerance of 1e-12, or far from it; and cases in which NAV comes
within a hair of zero are left out. All comparisons are to 1e-12, nowhere looser.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import reference
from backtester.arrays import Array
from backtester.engine.book import Book
from backtester.engine.costs import NO_COSTS, Costs
from backtester.engine.kernel import Books, Orders, Prices, Terms, run_books
from backtester.engine.simulate import run, simulate
from backtester.histories.market import Market

WEIGHTS = (0.0, 0.6, 0.4, 1.0, 0.05, 0.1, 0.25, 2.0, -0.2, -0.5, -1.5)
RETURNS = (0.0, 0.01, -0.01, 0.02, -0.03, -0.6, 0.05, -0.1, 0.2, -0.4)
BANDS = (0.05, 0.0, 0.1, 0.3, np.inf)
RATES = (0.0, 0.0001, 0.0002, 0.005, 0.01, 0.05)
YEARLY = (0.0, 0.0025, 0.01, 0.05)


@dataclass(frozen=True)
class Case:
    """What goes into one call of the kernel."""

    prices: Prices
    orders: Orders
    terms: Terms

    def run(self) -> Books:
        return run(self.prices, self.orders, self.terms)

    def reference(self, book: int) -> reference.Path:
        cash_spread, borrow_spread, short_fee, fee = self.terms.yearly.tolist()
        return reference.simulate(
            self.prices.returns.tolist(),
            self.prices.bills.tolist(),
            self.prices.days.tolist(),
            self.orders.targets[book].tolist(),
            [flag > 0 for flag in self.orders.decisions[book].tolist()],
            funded=[flag > 0 for flag in self.prices.funded.tolist()],
            lag=self.terms.lag,
            band=float(self.orders.band[book]),
            rates=self.terms.rates.tolist(),
            cash_spread=cash_spread,
            borrow_spread=borrow_spread,
            short_fee=short_fee,
            fee=fee,
        )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Books of a few sessions on the grids above: levered, short, unfunded, dear, late, and often ruined."""
    sessions, assets, books = draw(st.integers(2, 12)), draw(st.integers(1, 4)), draw(st.integers(1, 3))

    def grid(values: tuple[float, ...], *shape: int) -> Array:
        return draw(arrays(np.float64, shape, elements=st.sampled_from(values), fill=st.nothing()))

    prices = Prices(
        grid(RETURNS, sessions, assets),
        grid((0.0, 0.0001, 0.002, -0.0001), sessions),
        grid((1.0, 3.0, 4.0), sessions),
        grid((1.0, 0.0), assets),
    )
    orders = Orders(grid(WEIGHTS, books, sessions, assets), grid((0.0, 1.0), books, sessions), grid(BANDS, books))
    return Case(prices, orders, Terms(draw(st.integers(0, 5)), grid(RATES, assets), grid(YEARLY, 4)))


def crowd(seed: int) -> Case:
    """Four books of a hundred sessions of five assets, two of them unfunded, each target in force for ten sessions."""
    random = np.random.default_rng(seed)
    books, sessions, assets = 4, 100, 5
    leverage = 1 + 2 * (seed % 3)
    targets = np.repeat(random.normal(0.3, 0.4, (books, sessions // 10, assets)), 10, axis=1) * leverage
    prices = Prices(
        random.standard_t(4, (sessions, assets)).clip(-8, 8) * 0.02,
        random.uniform(0, 0.0003, sessions),
        random.choice([1.0, 1.0, 3.0], sessions),
        np.array([1.0, 1.0, 1.0, 0.0, 0.0]),
    )
    orders = Orders(targets, (random.random((books, sessions)) < 0.05).astype(float), random.choice(BANDS, books))
    return Case(prices, orders, Terms(seed % 6, random.uniform(0, 0.01, assets), random.uniform(0, 0.03, 4)))


def assume_clear_of_zero(nav: list[float], gains: list[list[float]], lines: list[list[float]]) -> None:
    """Leave out a book whose NAV falls below 1% of its start unless it falls clearly below zero."""
    value = 1.0
    for session, close in enumerate(nav):
        interest, financing, costs, fees = lines[session]
        earned = value + sum(gains[session]) + interest - financing - fees
        value = earned - costs
        assume(all(abs(amount) > 0.01 for amount in (earned, value)))
        if close == 0:
            return


def assert_equal_to_reference(books: Books, book: int, path: reference.Path) -> None:
    for name in ("nav", "weights", "gains", "lines", "turnover"):
        ours, theirs = getattr(books, name)[book], np.array(getattr(path, name))
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12, err_msg=name)
    assert books.ruin[book] == path.ruin


@settings(max_examples=250)
@given(cases())
def test_agrees_with_the_reference(case: Case) -> None:
    """On small books of every kind the kernel and the plain loop over days give the same accounts."""
    paths = [case.reference(book) for book in range(len(case.orders.band))]
    for path in paths:
        assume_clear_of_zero(path.nav, path.gains, path.lines)
    books = case.run()
    for book, path in enumerate(paths):
        assert_equal_to_reference(books, book, path)


@pytest.mark.parametrize("seed", range(12))
def test_agrees_with_the_reference_over_many_sessions(seed: int) -> None:
    """On longer books of arbitrary numbers the two give the same accounts, with nothing adding up over time."""
    case = crowd(seed)
    books = case.run()
    for book in range(len(case.orders.band)):
        assert_equal_to_reference(books, book, case.reference(book))


def test_the_crowd_goes_everywhere() -> None:
    """The longer books are not all tame: some are ruined, some survive, they borrow, sell short, trade by the band."""
    made = [(case, case.run()) for case in map(crowd, range(12))]
    assert any((books.ruin >= 0).any() for _, books in made)
    assert any((books.ruin < 0).any() for _, books in made)
    assert any(books.lines[:, :, 1].any() for _, books in made)
    assert any((books.weights < 0).any() for _, books in made)
    for case, books in made:
        decided = np.zeros_like(case.orders.decisions)
        decided[:, case.terms.lag :] = case.orders.decisions[:, : decided.shape[1] - case.terms.lag]
        if ((books.turnover > 0) & (decided == 0)).any():
            return
    pytest.fail("no book traded by its band")


@given(cases())
def test_profit_and_loss_adds_up(case: Case) -> None:
    """Every change of NAV is gains + interest - financing - costs - fees; in ruin they show at least the whole loss."""
    books = case.run()
    explained = books.gains.sum(axis=2) + books.lines @ np.array([1.0, -1.0, -1.0, -1.0])
    for nav, change, ruin in zip(books.nav, explained, books.ruin.astype(int), strict=True):
        alive = len(nav) if ruin < 0 else ruin
        before = np.append(1.0, nav[: alive - 1])[:alive]
        np.testing.assert_allclose(nav[:alive] - before, change[:alive], rtol=0, atol=1e-12 * max(1.0, nav.max()))
        if ruin >= 0:
            last = nav[ruin - 1] if ruin else 1.0
            assert last + change[ruin] <= 1e-15
            assert not nav[ruin:].any()
            assert not change[ruin + 1 :].any()


@given(cases())
def test_trades_pay_for_themselves(case: Case) -> None:
    """The costs of every trade are the rate times what was traded, worked out from the weights before and after it."""
    books = case.run()
    for book, nav in enumerate(books.nav):
        held = np.zeros_like(case.prices.returns)
        held[1:] = books.weights[book, :-1] * nav[:-1, None] * (1 + case.prices.returns[1:])
        traded = np.abs(books.weights[book] * nav[:, None] - held)
        alive = nav > 0
        costs = (traded @ case.terms.rates)[alive]
        np.testing.assert_allclose(books.lines[book, alive, 2], costs, rtol=0, atol=1e-12 * max(1.0, nav.max()))


@given(cases(), st.integers(1, 10))
def test_knows_only_the_past(case: Case, cut: int) -> None:
    """Other returns and targets from a session on change nothing before it, not even in the last bit."""
    before = case.run()
    case.prices.returns[cut:] = 0.07
    case.orders.targets[:, cut:] = 0.3
    case.orders.decisions[:, cut:] = 1.0
    after = case.run()
    for name in ("nav", "weights", "gains", "lines", "turnover"):
        np.testing.assert_array_equal(getattr(before, name)[:, :cut], getattr(after, name)[:, :cut], err_msg=name)


@given(cases())
def test_books_do_not_see_each_other(case: Case) -> None:
    """A book run with others is the same, to the last bit, as the book run alone."""
    together = case.run()
    for book in range(len(case.orders.band)):
        alone = run(case.prices, Orders(*(part[book : book + 1].copy() for part in case.orders)), case.terms)
        for name in Books._fields:
            np.testing.assert_array_equal(getattr(together, name)[book], getattr(alone, name)[0], err_msg=name)


@given(cases())
def test_leaves_its_inputs_alone(case: Case) -> None:
    """Prices, orders and terms are the same after a run as before it."""
    inputs = [*case.prices, *case.orders, case.terms.rates, case.terms.yearly]
    before = [part.copy() for part in inputs]
    case.run()
    for part, copy in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(part, copy)


@given(cases())
def test_cash_is_bills(case: Case) -> None:
    """A book that wants nothing compounds the bill return, whatever its schedule, costs and band."""
    case.orders.targets[:] = 0.0
    terms = case.terms._replace(yearly=np.zeros(4))
    books = run(case.prices, case.orders, terms)
    bills = np.append(1.0, np.cumprod(1 + case.prices.bills[1:]))
    for nav in books.nav:
        np.testing.assert_allclose(nav, bills, rtol=1e-12)
    assert not books.turnover.any()


@given(cases())
def test_one_asset_at_par_is_the_asset(case: Case) -> None:
    """All in one funded asset, traded daily without costs or lag: NAV is the asset's growth, and no cash is left."""
    case.orders.targets[:] = 0.0
    case.orders.targets[:, :, 0] = 1.0
    case.orders.decisions[:] = 1.0
    case.prices.funded[0] = 1.0
    books = run(case.prices, case.orders, Terms(0, np.zeros(len(case.prices.funded)), np.zeros(4)))
    growth = np.append(1.0, np.cumprod(1 + case.prices.returns[1:, 0]))
    for nav, lines in zip(books.nav, books.lines, strict=True):
        np.testing.assert_allclose(nav, growth, rtol=1e-12)
        np.testing.assert_allclose(lines, 0.0, atol=1e-15)


@given(cases(), st.sampled_from([2.0, 10.0]))
def test_dearer_trading_never_gains(case: Case, factor: float) -> None:
    """Higher rates a unit traded never leave more, because weights and trading sessions stay the same without them."""
    cheap = case.run()
    dear = run(case.prices, case.orders, case.terms._replace(rates=factor * case.terms.rates))
    for before, after in zip(cheap.nav, dear.nav, strict=True):
        assume(not ((before > 0) & (before < 0.01)).any())
        assert (after <= before + 1e-12 * max(1.0, before.max())).all()


@given(cases(), st.integers(0, 3))
def test_dearer_terms_never_gain(case: Case, term: int) -> None:
    """Without costs of trading and without a band, each higher yearly rate leaves as much or less at every close."""
    rates = np.zeros_like(case.terms.rates)
    orders = case.orders._replace(band=np.full_like(case.orders.band, np.inf))
    yearly = case.terms.yearly.copy()
    yearly[term] += 0.5
    cheap = run(case.prices, orders, case.terms._replace(rates=rates))
    dear = run(case.prices, orders, case.terms._replace(rates=rates, yearly=yearly))
    assert (dear.nav <= cheap.nav + 1e-12 * max(1.0, cheap.nav.max())).all()


def test_is_compiled_once(us: Market) -> None:
    """One signature serves every caller, with inputs that are read-only, strided, or of another type too."""
    for seed in range(3):
        crowd(seed).run()
    market = us.since(len(us.sessions) - 30)
    market.bill_returns.setflags(write=False)
    market.days.setflags(write=False)
    flags = np.zeros(60, dtype=bool)[::2]
    flags.setflags(write=False)
    targets = 0.0 * market.levels[market.assets] + 0.1
    for frame in (targets, targets.astype(np.float32), targets.round().astype(int), targets[targets.columns[::-1]]):
        simulate(Book(market, frame, flags, 1, 0.05, Costs()))
        simulate(Book(market, frame, flags, 0, np.inf, NO_COSTS))
    assert len(run_books.signatures) == 1
